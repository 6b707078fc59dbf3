// libcurl, found when it is first needed: a program that links this starts without it. Only types come from its header.
//
// libcurl's functions with "…" parameters stand here once for each type of value, since Swift cannot call them.
#ifndef PLUMBLINE_CCURL_H
#define PLUMBLINE_CCURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>

typedef enum {
  CCURL_READY,
  /// There is no libcurl on this machine.
  CCURL_MISSING,
  /// It lacks a function that is needed here: it is older than 7.66.
  CCURL_TOO_OLD,
  /// It could not be initialised.
  CCURL_FAILED,
} ccurl_state;

/// Finds libcurl. Any thread may ask, and ask again; nothing below may be called unless the answer was CCURL_READY.
ccurl_state ccurl_load(void);
/// Whether its TLS is GnuTLS, whose results of verification are other numbers than OpenSSL's.
bool ccurl_has_gnutls(void);

void *ccurl_easy_init(void);
void ccurl_easy_cleanup(void *easy);
CURLcode ccurl_set_long(void *easy, CURLoption option, long value);
CURLcode ccurl_set_string(void *easy, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(void *easy, CURLoption option, void *value);
CURLcode ccurl_set_data_callback(void *easy, CURLoption option, curl_write_callback callback);
CURLcode ccurl_set_socket_callback(void *easy, curl_opensocket_callback callback);
/// HTTP and HTTPS, nothing else.
CURLcode ccurl_set_protocols(void *easy);
/// Does not wait for the threads of name look-ups when a transfer is given up; older libraries know only the waiting.
void ccurl_set_quick_exit(void *easy);

/// Zero where there is none.
long ccurl_get_long(void *easy, CURLINFO info);
/// Microseconds.
long long ccurl_get_time(void *easy, CURLINFO info);
/// NULL where there is none; it lives as long as the handle.
const char *ccurl_get_string(void *easy, CURLINFO info);
/// The server's own certificate as lines `name:value`, the first of them; NULL where there is none.
const struct curl_slist *ccurl_get_certificate(void *easy);
/// Such as `TLSv1.3`; NULL where it is not known. Only while the transfer is under way.
const char *ccurl_get_tls_version(void *easy);

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text);
void ccurl_list_free(struct curl_slist *list);

void *ccurl_multi_init(void);
void ccurl_multi_cleanup(void *multi);
CURLMcode ccurl_multi_add(void *multi, void *easy);
CURLMcode ccurl_multi_remove(void *multi, void *easy);
CURLMcode ccurl_multi_perform(void *multi);
CURLMcode ccurl_multi_poll(void *multi, int milliseconds);
/// The next transfer that has ended, and how; NULL when there is none.
void *ccurl_multi_ended(void *multi, CURLcode *result);

#endif
