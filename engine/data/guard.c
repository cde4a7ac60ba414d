/*
 * guard.c — IPv6 has five ways to write an IPv4 address; each is unwrapped before it is judged.
 */
#include "data/guard.h"
#include "def/webhook.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>

static bool inside_v4(uint32_t ip)
{
    static const struct { uint32_t net; int bits; } nets[] = {
        { 0x00000000, 8 }, { 0x0a000000, 8 }, { 0x64400000, 10 }, { 0x7f000000, 8 },
        { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
        { 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
        { 0xcb007100, 24 }, { 0xe0000000, 3 },
    };

    for (int i = 0; i < LEN(nets); i++)
        if ((ip ^ nets[i].net) >> (32 - nets[i].bits) == 0) return true;
    return false;
}

static uint32_t four(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool inside_v6(const unsigned char *b)
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    static const unsigned char nat64[12] = { 0, 0x64, 0xff, 0x9b };
    static const unsigned char local64[6] = { 0, 0x64, 0xff, 0x9b, 0, 1 };
    static const unsigned char zero[12] = { 0 };

    if (!memcmp(b, mapped, 12) || !memcmp(b, nat64, 12) || !memcmp(b, zero, 12))
        return inside_v4(four(b + 12));
    if (b[0] == 0x20 && b[1] == 2) return inside_v4(four(b + 2));          /* 6to4 */
    if (b[0] == 0x20 && b[1] == 1 && !b[2] && !b[3]) return true;          /* Teredo */
    if (b[0] == 0x20 && b[1] == 1 && b[2] == 0x0d && b[3] == 0xb8) return true;
    return !memcmp(b, local64, 6) || (b[0] & 0xfe) == 0xfc
        || (b[0] == 0xfe && (b[1] & 0xc0) >= 0x80) || b[0] == 0xff;
}

bool guard_inside(const struct sockaddr *to)
{
    if (to->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, to, sizeof v4);
        return inside_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (to->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, to, sizeof v6);
        return inside_v6(v6.sin6_addr.s6_addr);
    }
    return true;
}

bool guard_port_odd(const struct sockaddr *to)
{
    struct sockaddr_in at;            /* the port stands at the same place in both */

    memcpy(&at, to, sizeof at);
    int port = ntohs(at.sin_port);
    return port < 1024 && port != 80 && port != 443;
}

const char *guard_host(Arena *a, const char *url)
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

static bool same_host(Arena *a, const char *host, const char *url)
{
    return url && str_eq(host, guard_host(a, url));
}

bool guard_listed(Work *w, const char *url)
{
    const App *app = w->app;
    Arena *a = w->cx.a;
    const char *host = guard_host(a, url);

    if (!host) return false;
    for (int i = 0; i < app->nchannel; i++)
        if (same_host(a, host, app->channel[i].webhook)) return true;
    for (int i = 0; i < app->nwebhook; i++)
        if (same_host(a, host, app->webhook[i].url)) return true;
    for (int i = 0; i < app->ninternal; i++)
        if (same_host(a, host, arena_printf(a, "http://%s", app->internal[i]))) return true;
    return false;
}
