package org.anomalyscore.source;

/**
 * A data set and where its images are.
 *
 * @param name of the data set
 * @param images a path as {@link ImageFinder} takes it
 */
public record NamedImages(String name, String images) {}
