internal import CCurl
internal import Foundation

/// One request: set up here, run by libcurl, and stopped by the callbacks once the head of the answer is there.
///
/// It lives from before its handle is added until after the handle is removed, in one thread.
final class Transfer {
  let path: HealthPath
  let target: Int
  let easy: UnsafeMutableRawPointer

  /// What libcurl reads while it runs.
  private let lists: [CurlList]
  private let isEncrypted: Bool
  private let isPrivateAllowed: Bool
  private var headers = HeaderReader()
  private var headEnd: HeaderReader.Step = .more
  private var tlsVersion: String?
  /// Addresses that were not connected to.
  private var refused: [NetworkAddress] = []
  private let began = ContinuousClock.now

  /// Bytes that libcurl reads at once; the least that it takes.
  private static let bufferSize = 1024
  /// Bytes that the kernel may hold for us, so that the far side can send little more than is read.
  private static let receiveWindow: Int32 = 16 << 10

  /// - Throws: a problem of kind `noClient` where this libcurl cannot be held to what matters here.
  init(
    _ path: HealthPath, of target: HealthTarget, number: Int, options: HealthProbe.Options, headers list: CurlList,
    resolve: CurlList
  ) throws(HealthProblem) {
    guard let easy = ccurl_easy_init() else { throw HealthProblem(.noClient, "libcurl cannot begin a request") }
    self.path = path
    self.target = number
    self.easy = easy
    lists = [list, resolve]
    isEncrypted = target.isEncrypted
    isPrivateAllowed = options.allowsPrivate
    try setUp(target.base + path.path, options, list, resolve)
  }

  deinit { ccurl_easy_cleanup(easy) }

  private func setUp(
    _ url: String, _ options: HealthProbe.Options, _ list: CurlList, _ resolve: CurlList
  ) throws(HealthProblem) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    var codes = [
      ccurl_set_string(easy, CURLOPT_URL, url), ccurl_set_protocols(easy),
      // Neither the environment nor a file of settings may send the request elsewhere.
      ccurl_set_string(easy, CURLOPT_PROXY, ""), ccurl_set_string(easy, CURLOPT_NOPROXY, "*"),
      ccurl_set_long(easy, CURLOPT_NETRC, 0), ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
      ccurl_set_long(easy, CURLOPT_HTTP09_ALLOWED, 0), ccurl_set_long(easy, CURLOPT_HTTPGET, 1),
      ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1), ccurl_set_long(easy, CURLOPT_NOPROGRESS, 1),
      // A connection for each, so that each has its own times.
      ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1), ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1),
      ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.curlMilliseconds),
      ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, options.timeout.curlMilliseconds),
      ccurl_set_long(easy, CURLOPT_BUFFERSIZE, Transfer.bufferSize),
      ccurl_set_string(easy, CURLOPT_USERAGENT, options.userAgent),
      ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, list.first),
      ccurl_set_pointer(easy, CURLOPT_RESOLVE, resolve.first),
      ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, takeHeader),
      ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context),
      ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, refuseBody),
      ccurl_set_socket_callback(easy, openSocket), ccurl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context),
    ]
    if isEncrypted {
      codes += [
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1), ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2),
        ccurl_set_long(easy, CURLOPT_CERTINFO, 1),
      ]
      if let file = options.trustedCertificates {
        codes += [ccurl_set_string(easy, CURLOPT_CAINFO, file), ccurl_set_string(easy, CURLOPT_CAPATH, nil)]
      }
      // Not every libcurl has it.
      _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    }
    ccurl_set_quick_exit(easy)
    guard codes.allSatisfy({ $0 == CURLE_OK }) else {
      throw HealthProblem(.noClient, "this libcurl does not know an option that a safe probe needs; a newer one does")
    }
  }

  // MARK: What libcurl calls

  /// - Returns: whether to go on.
  fileprivate func take(_ line: UnsafeRawBufferPointer) -> Bool {
    if isEncrypted, tlsVersion == nil, let version = ccurl_get_tls_version(easy) {
      // GnuTLS writes TLS1.3.
      tlsVersion = String(cString: version).replacing("TLS1", with: "TLSv1")
    }
    headEnd = headers.take(line)
    return headEnd == .more
  }

  /// A socket for an address that may be connected to, or -1. Here the address is the one that really counts, whatever
  /// the URL said and whatever its name resolved to before.
  fileprivate func socket(for address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return -1 }
    let size = min(Int(address.pointee.addrlen), MemoryLayout<sockaddr_storage>.size)
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + offset, count: size)
    guard let found = NetworkAddress(bytes) else { return -1 }
    guard found.scope.isAllowed(private: isPrivateAllowed) else {
      refused.append(found)
      return -1
    }
    let descriptor = Foundation.socket(address.pointee.family, address.pointee.socktype, address.pointee.protocol)
    guard descriptor >= 0 else { return -1 }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var window = Transfer.receiveWindow
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  // MARK: What came of it

  /// - Parameter code: nil where the transfer was not run to its end.
  func endpoint(_ code: CURLcode?, hasGnuTLS: Bool, now: Date) -> HealthReport.Endpoint {
    var endpoint = HealthReport.Endpoint(path: path)
    endpoint.times = times
    endpoint.address = ccurl_get_string(easy, CURLINFO_PRIMARY_IP).flatMap { NetworkAddress(String(cString: $0))?.text }
    if isEncrypted {
      endpoint.tlsVersion = tlsVersion
      endpoint.certificate = CertificateReader.certificate(certificateLines, now: now)
    }
    guard headers.isComplete, let status = headers.status else {
      endpoint.error = problem(code, hasGnuTLS: hasGnuTLS)
      return endpoint
    }
    endpoint.answer = HealthReport.Answer(
      status: status, contentType: headers.contentType.map { FarText.mediaType($0) ?? "unreadable" },
      redirect: (300...399).contains(status) ? headers.location.map(FarText.location) : nil, httpVersion: httpVersion)
    return endpoint
  }

  private func problem(_ code: CURLcode?, hasGnuTLS: Bool) -> String {
    guard let code else { return "given up" }
    switch headEnd {
    case .tooLarge: return "the headers are too large"
    case .malformed: return "what came back is no valid HTTP"
    case .more, .complete: break
    }
    if code == CURLE_COULDNT_CONNECT, let address = refused.first {
      let hint = address.scope.isAllowed(private: true) ? "; --allow-private allows it" : ""
      return "not asked: \(address.text) is \(address.scope.text)\(hint)"
    }
    return TransferProblem.text(
      code, progress, verification: ccurl_get_long(easy, CURLINFO_SSL_VERIFYRESULT), hasGnuTLS: hasGnuTLS,
      systemError: Int32(truncatingIfNeeded: ccurl_get_long(easy, CURLINFO_OS_ERRNO)))
  }

  private var progress: TransferProblem.Progress {
    TransferProblem.Progress(
      isEncrypted: isEncrypted, hasName: ccurl_get_time(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0,
      // Some versions take the time only once TLS is there, too; the port is known as soon as there is a connection.
      isConnected: ccurl_get_time(easy, CURLINFO_CONNECT_TIME_T) > 0 || ccurl_get_long(easy, CURLINFO_LOCAL_PORT) > 0,
      isSecured: ccurl_get_time(easy, CURLINFO_APPCONNECT_TIME_T) > 0,
      hasFirstByte: ccurl_get_time(easy, CURLINFO_STARTTRANSFER_TIME_T) > 0)
  }

  private var times: HealthReport.Times {
    func time(_ info: CURLINFO) -> Double? {
      let microseconds = ccurl_get_time(easy, info)
      return microseconds > 0 ? Double(microseconds) / 1000 : nil
    }
    func between(_ start: Double?, _ end: Double?) -> Double? {
      guard let start, let end else { return nil }
      return max(0, end - start)
    }
    let (name, connected) = (time(CURLINFO_NAMELOOKUP_TIME_T), time(CURLINFO_CONNECT_TIME_T))
    let waited = (ContinuousClock.now - began) / .milliseconds(1)
    return HealthReport.Times(
      total: time(CURLINFO_TOTAL_TIME_T) ?? waited, lookup: name, connect: between(name, connected),
      tls: isEncrypted ? between(connected, time(CURLINFO_APPCONNECT_TIME_T)) : nil,
      firstByte: time(CURLINFO_STARTTRANSFER_TIME_T))
  }

  private var httpVersion: String? {
    switch Int(ccurl_get_long(easy, CURLINFO_HTTP_VERSION)) {
    case Int(CURL_HTTP_VERSION_1_0): "1.0"
    case Int(CURL_HTTP_VERSION_1_1): "1.1"
    case Int(CURL_HTTP_VERSION_2_0): "2"
    case Int(CURL_HTTP_VERSION_3): "3"
    default: nil
    }
  }

  private var certificateLines: [[UInt8]] {
    var lines: [[UInt8]] = []
    var item = ccurl_get_certificate(easy)
    // Whoever made the certificate chose how many lines it has.
    while let line = item?.pointee, lines.count < 100 {
      if let text = line.data {
        lines.append(Array(UnsafeRawBufferPointer(start: text, count: strnlen(text, 500))))
      }
      item = UnsafePointer(line.next)
    }
    return lines
  }
}

private let takeHeader: curl_write_callback = { data, size, count, context in
  guard let data, let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.take(UnsafeRawBufferPointer(start: data, count: size * count)) ? size * count : 0
}

/// The transfer was to end before any of the body came.
private let refuseBody: curl_write_callback = { _, _, _, _ in 0 }

private let openSocket: curl_opensocket_callback = { context, _, address in
  guard let context, let address else { return -1 }
  return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().socket(for: address)
}

extension Duration {
  fileprivate var curlMilliseconds: Int { max(1, Int(self / .milliseconds(1))) }
}

/// A list of texts that libcurl reads for as long as this lives.
final class CurlList {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ texts: [String]) {
    for text in texts { first = ccurl_list_append(first, text) ?? first }
  }

  deinit { ccurl_list_free(first) }
}
