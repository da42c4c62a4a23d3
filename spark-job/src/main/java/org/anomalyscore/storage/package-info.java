/**
 * Where bytes lie and what goes wrong there: paths and URIs, faults of storage and of users, S3,
 * files that are written whole, content hashes and JSON. The ground floor: enters no other room.
 */
package org.anomalyscore.storage;
