/**
 * What the parts of the report share: tables of HTML, text that shows its control characters, and
 * thumbnails.
 *
 * <p>Names of files and data sets are foreign input. They reach the page only through FreeMarker's
 * escaping templates and through JSON in which no {@code <} stands.
 */
package org.anomalyscore.page;
