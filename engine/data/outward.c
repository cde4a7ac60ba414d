/*
 * outward.c — the fence stands where the socket opens; curl resolves a name once for each call.
 */
#include "data/outward.h"
#include "data/guard.h"
#include "base/sys.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define CONNECT_S 5L
#define WHOLE_S 15L
#define WAIT_MOST 86400       /* of what Retry-After may ask for */

typedef struct Call { const OutwardCall *ask; OutwardAnswer *out; Str body; bool full; } Call;

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    Call *call = arg;

    (void)purpose;
    if (!call->ask->listed && (guard_inside(&to->addr) || guard_port_odd(&to->addr))) {
        call->out->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* More than is kept ends the call: a status was read, and that is what counts. */
static size_t take(char *p, size_t size, size_t n, void *arg)
{
    Call *call = arg;
    size_t room = OUTWARD_ANSWER - call->body.n;

    n *= size;
    str_add_n(&call->body, p, n < room ? n : room);
    call->full |= n > room;
    return call->full ? 0 : n;
}

/* Retry-After in seconds; one that names a moment counts as not said. */
static size_t head(char *p, size_t size, size_t n, void *arg)
{
    static const char name[] = "retry-after:";
    Call *call = arg;
    char text[24] = "";

    n *= size;
    if (n > sizeof name && !strncasecmp(p, name, sizeof name - 1)) {
        size_t rest = n - (sizeof name - 1);
        memcpy(text, p + sizeof name - 1, rest < sizeof text - 1 ? rest : sizeof text - 1);
        long long s = strtoll(text, NULL, 10);
        call->out->retry_after = s < 0 ? 0 : s > WAIT_MOST ? WAIT_MOST : s;
    }
    return n;
}

bool outward_header_ok(const char *name, const char *value)
{
    static const char *const ours[] = { "host", "content-length", "transfer-encoding", "connection",
        "expect", "te", "upgrade", "trailer", "proxy-authorization", "webhook-id",
        "webhook-timestamp", "webhook-signature" };

    if (!*name || strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        != strlen(name)) return false;
    for (int i = 0; i < LEN(ours); i++)
        if (!strcasecmp(ours[i], name)) return false;
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7f) return false;
    return true;
}

static struct curl_slist *headers(const OutwardCall *ask)
{
    struct curl_slist *h = curl_slist_append(NULL, "Expect:");

    h = curl_slist_append(h, "User-Agent: Tenon");
    for (int i = 0; i < ask->nheader; i++) h = curl_slist_append(h, ask->header[i]);
    BUG_IF(!h);
    return h;
}

static void set_up(CURL *c, Call *call, struct curl_slist *h, char *why)
{
    curl_easy_setopt(c, CURLOPT_URL, call->ask->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    if (call->ask->body) curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->ask->body);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->ask->method ? call->ask->method : "POST");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, call);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, head);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, WHOLE_S);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
}

bool outward_call(Cx *cx, const OutwardCall *ask, OutwardAnswer *out)
{
    char why[CURL_ERROR_SIZE] = "";
    Call call = { .ask = ask, .out = out, .body = str_begin(cx->a) };
    CURL *c = curl_easy_init();
    struct curl_slist *h = headers(ask);
    int64_t start = sys_mono_us();
    long status = 0;

    BUG_IF(!c);
    *out = (OutwardAnswer){ 0 };
    set_up(c, &call, h, why);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(h);
    curl_easy_cleanup(c);
    out->ms = (sys_mono_us() - start) / 1000;
    out->status = (int)status;
    out->body = str_show(&call.body);
    out->n = call.body.n;
    if (code == CURLE_OK || (call.full && status)) return true;
    out->status = 0;
    if (out->refused)
        return cx_fail(cx, E_INPUT, "the address of the web call lies inside this network");
    out->refused = code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT;
    cx_fail(cx, out->refused ? E_INPUT : E_SYS, "the web call failed");
    cx_detail(cx, "%s", *why ? why : curl_easy_strerror(code));
    return false;
}
