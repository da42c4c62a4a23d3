/**
 * What the parts of the report share: what a part is, the comparison that it belongs to, tables of
 * HTML, numbers of figures, and thumbnails.
 *
 * <p>Names of files and data sets are foreign input. They reach the page only through FreeMarker's
 * escaping templates and through JSON in which no {@code <} stands.
 */
package org.anomalyscore.page;
