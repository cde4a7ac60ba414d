/*
 * webhook.c — a web call as a job: POST of JSON, signed as Standard Webhooks say.
 *
 * No redirects, http and https only. The address is looked at when the socket opens, after
 * every kind of name has been resolved: what lies inside our own network is refused unless
 * app.yaml names host and port in a channel.
 */
#include "data/mail.h"
#include "base/node_json.h"
#include "base/out.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

static bool private_v4(uint32_t ip)
{
    return ip >> 24 == 0 || ip >> 24 == 10 || ip >> 24 == 127 || ip >> 16 == 0xa9fe
        || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 || ip >> 22 == (0x64400000u >> 22)
        || ip >> 24 >= 224 || ip >> 8 == 0xc00000 || ip >> 17 == (0xc6120000u >> 17);
}

static bool private_v6(const unsigned char *b)
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    static const unsigned char nat64[12] = { 0, 0x64, 0xff, 0x9b };
    static const unsigned char zero[12] = { 0 };
    uint32_t v4 = (uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15];

    if (!memcmp(b, mapped, 12) || !memcmp(b, nat64, 12) || !memcmp(b, zero, 12))
        return private_v4(v4);
    if (b[0] == 0x20 && b[1] == 2)            /* 6to4 carries its own */
        return private_v4((uint32_t)b[2] << 24 | (uint32_t)b[3] << 16 | (uint32_t)b[4] << 8
            | b[5]);
    return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) >= 0x80) || b[0] == 0xff;
}

typedef struct Call { bool listed, refused; } Call;

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    Call *call = arg;
    bool inside = true;

    (void)purpose;
    if (to->family == AF_INET)
        inside = private_v4(ntohl(((struct sockaddr_in *)(void *)&to->addr)->sin_addr.s_addr));
    else if (to->family == AF_INET6)
        inside = private_v6(((struct sockaddr_in6 *)(void *)&to->addr)->sin6_addr.s6_addr);
    if (inside && !call->listed) {
        call->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t drop(char *p, size_t size, size_t n, void *arg)
{
    (void)p;
    size_t *seen = arg;
    *seen += size * n;
    return *seen > 65536 ? 0 : size * n;
}

static const char *sign(Arena *a, const char *secret, const char *id, const char *at,
    const char *body)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof mac, sodium_base64_VARIANT_ORIGINAL)];
    const char *signed_text = arena_printf(a, "%s.%s.%s", id, at, body);
    unsigned char *key = arena_alloc(a, strlen(secret) + 1);
    size_t n = strlen(secret);

    memcpy(key, secret, n);
    if (str_starts(secret, "whsec_") && sodium_base642bin(key, n, secret + 6, n - 6, NULL, &n,
            NULL, sodium_base64_VARIANT_ORIGINAL)) n = 0;
    crypto_auth_hmacsha256_init(&state, key, n);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)signed_text,
        strlen(signed_text));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, sizeof text, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    return arena_printf(a, "webhook-signature: v1,%s", text);
}

static struct curl_slist *headers(Work *w, const Job *job, const char *secret,
    const char *body)
{
    const char *id = arena_printf(w->cx.a, "msg_%lld", (long long)job->id);
    const char *at = arena_printf(w->cx.a, "%lld", (long long)sys_now());
    struct curl_slist *h = curl_slist_append(NULL, "Content-Type: application/json");

    h = curl_slist_append(h, arena_printf(w->cx.a, "webhook-id: %s", id));
    h = curl_slist_append(h, arena_printf(w->cx.a, "webhook-timestamp: %s", at));
    if (secret) h = curl_slist_append(h, sign(w->cx.a, secret, id, at, body));
    return h;
}

static bool settle(Cx *cx, CURLcode code, long status, const Call *call, const char *why)
{
    if (call->refused)
        return cx_fail(cx, E_INPUT, "the address of the web call lies inside this network");
    if (code == CURLE_OK && status >= 200 && status < 300) return true;
    cx_fail(cx, E_SYS, "the web call failed");
    if (code == CURLE_OK) cx_detail(cx, "status %ld", status);
    else cx_detail(cx, "%s", *why ? why : curl_easy_strerror(code));
    return false;
}

static bool post(Work *w, const Job *job, const char *url, const char *body,
    const char *secret, bool listed)
{
    char why[CURL_ERROR_SIZE] = "";
    Call call = { .listed = listed };
    size_t seen = 0;
    long status = 0;
    CURL *c = curl_easy_init();
    struct curl_slist *h = headers(w, job, secret, body);

    BUG_IF(!c || !h);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, &call);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &seen);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(h);
    curl_easy_cleanup(c);
    return settle(&w->cx, code, status, &call, why);
}

/* "host:port", names and numbers in curl's own spelling. */
static const char *host_of(Arena *a, const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL, *port = NULL;
    const char *out = NULL;

    if (!curl_url_set(u, CURLUPART_URL, url, 0) && !curl_url_get(u, CURLUPART_HOST, &host, 0)
        && !curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        out = arena_printf(a, "%s:%s", utf8_lower(a, host), port);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return out;
}

static bool is_listed(Work *w, const char *url)
{
    const char *host = host_of(w->cx.a, url);

    for (int i = 0; host && i < w->app->nchannel; i++)
        if (w->app->channel[i].webhook
            && str_eq(host, host_of(w->cx.a, w->app->channel[i].webhook))) return true;
    return false;
}

bool webhook_job(Work *w, const Job *job)
{
    Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    const char *url = node_text(node_find(body, "url"));
    const char *channel = node_text(node_find(body, "channel"));
    const Channel *c = channel ? app_channel(w->app, channel) : NULL;
    const Node *sent = node_find(body, "body");

    if (!body) return false;
    if (c) url = c->webhook;
    if (!url) return cx_fail(&w->cx, E_INPUT, "the web call has no address");
    return post(w, job, url, sent ? node_json(w->cx.a, sent) : "{}",
        node_text(node_find(body, "secret")), is_listed(w, url));
}
