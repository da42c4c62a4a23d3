package org.anomalyscore.source;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps apart the members of an archive that bear one name: {@code a.png}, {@code a.png#2}, {@code
 * a.png#3}, in the archive's order. No image's own name ends so.
 */
final class DistinctNames {
  private final Map<String, Integer> seen = new HashMap<>();

  String of(String name) {
    int count = seen.merge(name, 1, Integer::sum);
    return count == 1 ? name : name + "#" + count;
  }
}
