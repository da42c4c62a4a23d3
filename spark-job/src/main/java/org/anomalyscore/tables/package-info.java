/**
 * The command {@code tables}: what a folder of tables holds, whether it is whole, and how it stays
 * small. How a change of it becomes visible at once stands in {@link
 * org.anomalyscore.table.FileSwap}.
 */
package org.anomalyscore.tables;
