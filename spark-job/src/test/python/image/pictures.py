"""Procedural test pictures: integer arithmetic only, so that every NumPy draws the same levels."""
import numpy as np


def picture(width, height, seed=0):
    """uint8 (height, width, 3): a gradient, hard edges and noise, which no smooth filter hides."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    red = (x * 255) // max(width - 1, 1)
    green = np.where(((x // 5) + (y // 7)) % 2 == 0, 250, 10)
    state = (x * 73856093) ^ (y * 19349663) ^ ((seed + 1) * 83492791)
    blue = ((state * 2654435761) >> 7) & 255
    levels = np.stack([red, green, blue], axis=-1)
    disc = (x - width // 2) ** 2 + (y - height // 2) ** 2 < (min(width, height) // 3) ** 2
    levels[disc] = levels[disc][:, ::-1]
    return levels.astype(np.uint8)
