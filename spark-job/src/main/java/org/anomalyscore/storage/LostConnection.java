package org.anomalyscore.storage;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Which exceptions mean that a storage was not reached, in the words of Java, of the HTTP clients
 * and of S3A alike.
 */
final class LostConnection {

  /**
   * By simple name, since S3A holds the same classes under several packages: the SDK's bundle
   * shades the HTTP client, its modules do not. A time-out of the pool or of a call stands for a
   * server that does not answer.
   */
  private static final Set<String> OF_CLIENTS =
      Set.of(
          "HttpChannelEOFException",
          "NoHttpResponseException",
          "ConnectionClosedException",
          "TruncatedChunkException",
          "ConnectTimeoutException",
          "ConnectionPoolTimeoutException",
          "HttpHostConnectException",
          "ApiCallTimeoutException",
          "ApiCallAttemptTimeoutException",
          "ReadTimeoutException");

  private LostConnection() {}

  static boolean isOne(Throwable t) {
    return neverStood(t)
        || t instanceof SocketException
        || t instanceof ClosedChannelException
        || OF_CLIENTS.contains(t.getClass().getSimpleName());
  }

  /** No connection came about, so that no other file of this storage would fare better. */
  static boolean neverStood(Throwable t) {
    return t instanceof ConnectException
        || t instanceof NoRouteToHostException
        || t instanceof UnknownHostException
        || t instanceof SocketTimeoutException
        || t instanceof SSLException;
  }
}
