internal import CCurl
internal import Foundation

/// Why a transfer gave no answer, in our own words: libcurl's may hold text of the far side.
enum TransferProblem {
  /// How far a transfer had come.
  struct Progress {
    var isEncrypted: Bool
    var hasName: Bool
    var isConnected: Bool
    var isSecured: Bool
    var hasFirstByte: Bool

    /// What was under way.
    var stage: String {
      if !hasName { return "while looking up the name" }
      if !isConnected { return "while connecting" }
      if isEncrypted, !isSecured { return "during the TLS handshake" }
      return hasFirstByte ? "while the headers were arriving" : "while waiting for an answer"
    }
  }

  /// - Parameters:
  ///   - verification: as libcurl's TLS library numbers it.
  ///   - systemError: an `errno`, or 0.
  static func text(
    _ code: CURLcode, _ progress: Progress, verification: Int, hasGnuTLS: Bool, systemError: Int32
  ) -> String {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: "the name cannot be resolved"
    case CURLE_COULDNT_CONNECT:
      switch systemError {
      case ECONNREFUSED: "the connection was refused"
      case ENETUNREACH, EHOSTUNREACH: "there is no way to the host"
      case ETIMEDOUT: "timed out while connecting"
      default: "no connection could be made"
      }
    case CURLE_OPERATION_TIMEDOUT: "timed out \(progress.stage)"
    case CURLE_PEER_FAILED_VERIFICATION:
      "TLS: \(hasGnuTLS ? gnutls(verification) : openssl(verification))"
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CLIENTCERT:
      "TLS: the handshake failed; the port may not speak TLS"
    case CURLE_SSL_CACERT_BADFILE: "TLS: the file of trusted certificates cannot be read"
    case CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS: "TLS: the certificate is not valid"
    case CURLE_GOT_NOTHING: "the connection was closed without an answer"
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE: "the connection was cut \(progress.stage)"
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: "what came back is no valid HTTP"
    case CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_HTTP3: "the HTTP connection broke off \(progress.stage)"
    // A single line that is too long; its number since 8.6 is 100.
    case CURLE_OUT_OF_MEMORY, CURLcode(rawValue: 100): "the headers are too large"
    case CURLE_URL_MALFORMAT: "the name of the host cannot be asked for"
    // The callbacks end a transfer so where more came than a head.
    case CURLE_WRITE_ERROR: "what came back is no valid HTTP"
    default: "the request failed \(progress.stage) (libcurl \(code.rawValue))"
    }
  }

  static func openssl(_ verification: Int) -> String {
    switch verification {
    // Nothing was found wrong with the chain, or not yet, so it is the name. Before the chain is looked at, libcurl says 1.
    case 0, 1, 62, 63, 64: "the certificate is for another name"
    case 9: "the certificate is not valid yet"
    case 10: "the certificate has expired"
    case 18: "the certificate is self-signed and not trusted"
    case 19, 20, 21: "the certificate is not trusted: its issuer is not known here"
    case 23: "the certificate was revoked"
    default: "the certificate is not trusted"
    }
  }

  static func gnutls(_ verification: Int) -> String {
    func has(_ bit: Int) -> Bool { verification & (1 << bit) != 0 }
    if verification == 0 || has(14) { return "the certificate is for another name" }
    if has(10) { return "the certificate has expired" }
    if has(9) { return "the certificate is not valid yet" }
    if has(5) { return "the certificate was revoked" }
    if has(6) { return "the certificate is not trusted: its issuer is not known here" }
    return "the certificate is not trusted"
  }
}
