package org.anomalyscore.training;

import java.io.Serializable;

/**
 * How a network is trained.
 *
 * @param network what is trained
 * @param seed of the first weights, the order of the images, and their crops and flips
 * @param maxEpochs passes through the training part at most
 * @param patience passes without a better validation loss after which training ends
 * @param threads of the network's calls on the CPU
 */
public record TrainingSettings(
    PixelNetwork network, long seed, int maxEpochs, int patience, int threads)
    implements Serializable {}
