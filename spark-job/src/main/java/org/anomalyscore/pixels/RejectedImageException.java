package org.anomalyscore.pixels;

/** A file of which no image can be made. It becomes a row of {@code rejects}; the job goes on. */
public final class RejectedImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  /**
   * @param reason the class of failure
   * @param message for the user: what cannot be done, why, and the value
   */
  public RejectedImageException(RejectReason reason, String message) {
    this(reason, message, null);
  }

  /** As above, with the decoder's own exception. */
  public RejectedImageException(RejectReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The class of failure; never null. */
  public RejectReason reason() {
    return reason;
  }
}
