package org.anomalyscore.storage;

/**
 * Half a message: what a storage's failure means to the user.
 *
 * @param why a clause, without a full stop
 * @param remedy whole sentences
 * @param everywhere true if no other file of this storage would fare better
 */
record FaultReason(String why, String remedy, boolean everywhere) {}
