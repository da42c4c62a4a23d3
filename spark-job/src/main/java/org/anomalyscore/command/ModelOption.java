package org.anomalyscore.command;

import picocli.CommandLine.Option;

/** The option {@code --model}. */
public final class ModelOption {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description =
          "Measures with this feature model, a TorchScript file with its card (NAME.yaml beside"
              + " it). A model is code: trust it like a program.")
  private String file;

  /** As the user wrote it. */
  public String file() {
    return file;
  }
}
