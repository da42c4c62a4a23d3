/**
 * What the demo needs so that it runs without a download: procedural scenes, simulated generators,
 * whose images are scenes with known faults, and the small feature model trained on such scenes.
 *
 * <p>November 2026: the scenes are ray traced with the four operations, square roots and {@link
 * java.lang.StrictMath} only, so that a scene has the same pixels on every machine and the
 * committed model meets in the demo the distribution that it was trained on. Java2D was not used
 * because its anti-aliasing differs between JDK versions.
 */
package org.anomalyscore.demo;
