package org.anomalyscore.evaluate;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * An image that is flagged.
 *
 * @param path as in the tables
 * @param complexity C, radians
 * @param complexityStdErr its standard error over draws; null with one draw
 * @param vulnerability V
 * @param vulnerabilityStdErr its standard error over draws; null with one draw
 * @param atypicality robust standard deviations from the middle of the reference; infinite where C
 *     or V is 0
 * @param pValue how often an image of the reference's kind lies as far out
 * @param qValue the least false discovery rate at which it is flagged
 * @param direction which of C and V is high or low, in words
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record UnusualImage(
    String path,
    double complexity,
    Double complexityStdErr,
    double vulnerability,
    Double vulnerabilityStdErr,
    double atypicality,
    double pValue,
    double qValue,
    String direction) {}
