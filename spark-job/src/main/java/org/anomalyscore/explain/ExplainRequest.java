package org.anomalyscore.explain;

import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.ScoreParameters;

/**
 * What a run of {@code explain} is asked for, checked.
 *
 * @param images which to explain
 * @param engine what measures
 * @param parameters of the score that is explained
 * @param attribution how it is attributed
 * @param out the folder of the tables
 */
record ExplainRequest(
    ImageChoice images,
    EngineOptions engine,
    ScoreParameters parameters,
    AttributionParameters attribution,
    String out) {}
