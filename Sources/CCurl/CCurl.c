#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

static struct {
  void *handle;
  CURLcode (*global_init)(long);
  curl_version_info_data *(*version_info)(CURLversion);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  CURLM *(*multi_init)(void);
  CURLMcode (*multi_cleanup)(CURLM *);
  CURLMcode (*multi_add_handle)(CURLM *, CURL *);
  CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
  CURLMcode (*multi_perform)(CURLM *, int *);
  CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned int, int, int *);
  CURLMsg *(*multi_info_read)(CURLM *, int *);
} curl;

static ccurl_state state = CCURL_MISSING;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const names[] = {
#ifdef __APPLE__
    "libcurl.4.dylib", "/usr/lib/libcurl.4.dylib", "/opt/homebrew/opt/curl/lib/libcurl.4.dylib",
    "/usr/local/opt/curl/lib/libcurl.4.dylib",
#else
    "libcurl.so.4", "libcurl-gnutls.so.4",
#endif
};

static bool find(void **function, const char *name) {
  *function = dlsym(curl.handle, name);
  return *function != NULL;
}

static void load(void) {
  for (size_t i = 0; i < sizeof names / sizeof *names && !curl.handle; i++)
    curl.handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!curl.handle) return;
  state = CCURL_TOO_OLD;
#define FIND(field, name) \
  if (!find((void **)&curl.field, name)) return
  FIND(global_init, "curl_global_init");
  FIND(version_info, "curl_version_info");
  FIND(easy_init, "curl_easy_init");
  FIND(easy_cleanup, "curl_easy_cleanup");
  FIND(easy_setopt, "curl_easy_setopt");
  FIND(easy_getinfo, "curl_easy_getinfo");
  FIND(slist_append, "curl_slist_append");
  FIND(slist_free_all, "curl_slist_free_all");
  FIND(multi_init, "curl_multi_init");
  FIND(multi_cleanup, "curl_multi_cleanup");
  FIND(multi_add_handle, "curl_multi_add_handle");
  FIND(multi_remove_handle, "curl_multi_remove_handle");
  FIND(multi_perform, "curl_multi_perform");
  FIND(multi_poll, "curl_multi_poll");
  FIND(multi_info_read, "curl_multi_info_read");
#undef FIND
  state = curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? CCURL_READY : CCURL_FAILED;
}

ccurl_state ccurl_load(void) {
  pthread_once(&once, load);
  return state;
}

bool ccurl_has_gnutls(void) {
  const curl_version_info_data *info = curl.version_info(CURLVERSION_NOW);
  return info && info->ssl_version && strncmp(info->ssl_version, "GnuTLS", 6) == 0;
}

void *ccurl_easy_init(void) { return curl.easy_init(); }
void ccurl_easy_cleanup(void *easy) { curl.easy_cleanup(easy); }

CURLcode ccurl_set_long(void *easy, CURLoption option, long value) { return curl.easy_setopt(easy, option, value); }
CURLcode ccurl_set_string(void *easy, CURLoption option, const char *value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_set_pointer(void *easy, CURLoption option, void *value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_set_data_callback(void *easy, CURLoption option, curl_write_callback callback) {
  return curl.easy_setopt(easy, option, callback);
}
CURLcode ccurl_set_socket_callback(void *easy, curl_opensocket_callback callback) {
  return curl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

CURLcode ccurl_set_protocols(void *easy) {
  // By number since the headers of older libraries lack the first, and those of newer ones deprecate the second.
  const CURLoption protocols_str = (CURLoption)(CURLOPTTYPE_STRINGPOINT + 318);
  const CURLoption protocols = (CURLoption)(CURLOPTTYPE_LONG + 181);
  CURLcode code = curl.easy_setopt(easy, protocols_str, "http,https");
  return code == CURLE_UNKNOWN_OPTION ? curl.easy_setopt(easy, protocols, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS))
                                      : code;
}

void ccurl_set_quick_exit(void *easy) { curl.easy_setopt(easy, (CURLoption)(CURLOPTTYPE_LONG + 322), 1L); }

long ccurl_get_long(void *easy, CURLINFO info) {
  long value = 0;
  return curl.easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

long long ccurl_get_time(void *easy, CURLINFO info) {
  curl_off_t value = 0;
  return curl.easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

const char *ccurl_get_string(void *easy, CURLINFO info) {
  char *value = NULL;
  return curl.easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

const struct curl_slist *ccurl_get_certificate(void *easy) {
  struct curl_certinfo *chain = NULL;
  if (curl.easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1) return NULL;
  return chain->certinfo[0];
}

const char *ccurl_get_tls_version(void *easy) {
  struct curl_tlssessioninfo *session = NULL;
  if (curl.easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || !session || !session->internals)
    return NULL;
  // Found among the libraries that libcurl itself has brought along.
  if (session->backend == CURLSSLBACKEND_OPENSSL) {
    const char *(*version)(const void *);
    return find((void **)&version, "SSL_get_version") ? version(session->internals) : NULL;
  }
  if (session->backend == CURLSSLBACKEND_GNUTLS) {
    int (*version)(void *);
    const char *(*name)(int);
    if (!find((void **)&version, "gnutls_protocol_get_version") || !find((void **)&name, "gnutls_protocol_get_name"))
      return NULL;
    return name(version(session->internals));
  }
  return NULL;
}

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) {
  return curl.slist_append(list, text);
}
void ccurl_list_free(struct curl_slist *list) { curl.slist_free_all(list); }

void *ccurl_multi_init(void) { return curl.multi_init(); }
void ccurl_multi_cleanup(void *multi) { curl.multi_cleanup(multi); }
CURLMcode ccurl_multi_add(void *multi, void *easy) { return curl.multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove(void *multi, void *easy) { return curl.multi_remove_handle(multi, easy); }
CURLMcode ccurl_multi_perform(void *multi) {
  int running = 0;
  return curl.multi_perform(multi, &running);
}
CURLMcode ccurl_multi_poll(void *multi, int milliseconds) {
  return curl.multi_poll(multi, NULL, 0, milliseconds, NULL);
}

void *ccurl_multi_ended(void *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl.multi_info_read(multi, &left)))
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  return NULL;
}
