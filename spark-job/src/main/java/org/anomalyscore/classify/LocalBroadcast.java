package org.anomalyscore.classify;

import org.apache.spark.broadcast.Broadcast;
import scala.reflect.ClassTag$;

/** What MLlib expects to be shipped to executors, for its use in this JVM alone. */
final class LocalBroadcast<T> extends Broadcast<T> {

  private static final long serialVersionUID = 1;

  private final transient T value;

  LocalBroadcast(T value, Class<?> type) {
    super(0, ClassTag$.MODULE$.apply(type));
    this.value = value;
  }

  @Override
  public T getValue() {
    return value;
  }

  @Override
  public void doUnpersist(boolean blocking) {}

  @Override
  public void doDestroy(boolean blocking) {}
}
