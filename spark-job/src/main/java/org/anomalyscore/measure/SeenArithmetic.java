package org.anomalyscore.measure;

import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.util.AccumulatorV2;

/**
 * Each {@link Arithmetic} that the tasks of a run had: executors need not be of one type. A set, so
 * that a repeated task changes nothing.
 */
public final class SeenArithmetic extends AccumulatorV2<String, SortedSet<String>> {
  private static final long serialVersionUID = 1L;

  private final TreeSet<String> seen = new TreeSet<>();

  @Override
  public boolean isZero() {
    return seen.isEmpty();
  }

  @Override
  public SeenArithmetic copy() {
    SeenArithmetic copy = new SeenArithmetic();
    copy.seen.addAll(seen);
    return copy;
  }

  @Override
  public void reset() {
    seen.clear();
  }

  @Override
  public void add(String arithmetic) {
    seen.add(arithmetic);
  }

  @Override
  public void merge(AccumulatorV2<String, SortedSet<String>> other) {
    seen.addAll(other.value());
  }

  @Override
  public SortedSet<String> value() {
    return new TreeSet<>(seen);
  }
}
