package org.anomalyscore.classify;

import java.util.List;
import java.util.Map;
import org.anomalyscore.table.TableRow;

/**
 * What came out of a classification.
 *
 * @param judged what judged, for a reader: {@code Classifiers on stored features of net}
 * @param images of each set that were classified, the reference first
 * @param rows of the table {@code classifications}
 * @param ofImages rows of the table {@code image_measures}
 * @param dropped of each set with such images, how many could not be used
 * @param warnings a line each
 */
record Classified(
    String configId,
    String model,
    String reference,
    String judged,
    Map<String, Long> images,
    List<TableRow> rows,
    List<TableRow> ofImages,
    Map<String, Long> dropped,
    List<String> warnings) {}
