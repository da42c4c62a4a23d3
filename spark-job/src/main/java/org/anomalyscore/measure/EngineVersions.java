package org.anomalyscore.measure;

import ai.djl.engine.Engine;

/** The versions of the native side, for the {@code runs} table. */
public record EngineVersions(String djl, String pytorch) {

  /** Reads the versions; starts the native engine where that has not happened yet. */
  public static EngineVersions read() {
    return new EngineVersions(Engine.getDjlVersion(), PyTorch.start().getVersion());
  }
}
