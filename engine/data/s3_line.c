/*
 * s3_line.c — one exchange with a store: a connection taken or made, the request set up, driven
 * by curl's multi interface for as long as the caller wants to have more of the answer.
 *
 * A body that streams is held back when its buffer is full: curl pauses, and TCP makes the store
 * wait. libcurl signs; the hash of what is sent is a header of ours, which it takes over.
 */
#include "data/s3_in.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { IDLE_LINES = 32, CONNECT_MS = 5000, SILENT_S = 20, SMALL_S = 20, AWAY_MS = 3000 };
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* ---- connections ---- */

static S3Line *new_line(void)
{
    S3Line *l = mem_alloc(sizeof *l);

    l->easy = curl_easy_init();
    l->multi = curl_multi_init();
    BUG_IF(!l->easy || !l->multi);
    l->buf = mem_alloc(S3_BUFFER);
    l->text = str_begin(arena_new());
    return l;
}

static void free_line(S3Line *l)
{
    curl_easy_cleanup(l->easy);
    curl_multi_cleanup(l->multi);
    arena_free(l->text.a);
    mem_free(l->buf);
    mem_free(l);
}

static S3Line *take_line(S3 *s)
{
    pthread_mutex_lock(&s->lock);
    S3Line *l = s->idle;
    if (l) {
        s->idle = l->next;
        s->nidle--;
    }
    pthread_mutex_unlock(&s->lock);
    return l ? l : new_line();
}

/* What was being exchanged is over; the connection is kept for the next. */
static void clear_line(S3Line *l)
{
    if (l->began) curl_multi_remove_handle(l->multi, l->easy);
    curl_easy_reset(l->easy);
    curl_slist_free_all(l->header);
    if (l->file) fclose(l->file);
    arena_reset(l->text.a);
    *l = (S3Line){ .easy = l->easy, .multi = l->multi, .buf = l->buf,
        .text = str_begin(l->text.a), .length = -1 };
}

void s3_line_give(S3 *s, S3Line *l)
{
    if (!l) return;
    clear_line(l);
    pthread_mutex_lock(&s->lock);
    bool keep = s->nidle < IDLE_LINES;
    if (keep) {
        l->next = s->idle;
        s->idle = l;
        s->nidle++;
    }
    pthread_mutex_unlock(&s->lock);
    if (!keep) free_line(l);
}

bool s3_open(Cx *cx, const char *url, S3 **out)
{
    S3 *s = mem_alloc(sizeof *s);

    pthread_mutex_init(&s->lock, NULL);
    *out = s3_place(cx, url, &s->place) ? s : NULL;
    if (*out) s->sign = mem_dup(arena_printf(cx->a, "aws:amz:%s:s3", s->place.region));
    else s3_close(s);
    return *out != NULL;
}

void s3_close(S3 *s)
{
    if (!s) return;
    while (s->idle) {
        S3Line *l = s->idle;
        s->idle = l->next;
        free_line(l);
    }
    s3_place_free(&s->place);
    mem_free(s->sign);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

/* ---- one request ---- */

static bool fine(const S3Line *l)
{
    return l->status >= 200 && l->status < 300;
}

static void see_status(S3Line *l)
{
    curl_off_t n = -1;

    curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &l->status);
    curl_easy_getinfo(l->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &n);
    l->length = n;
}

/* What a failure says is gathered also where the body streams. */
static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    S3Line *l = arg;

    n *= size;
    if (!l->status) see_status(l);
    if (l->whole || !fine(l)) {
        if (l->text.n + n > S3_GATHERED) return 0;
        str_add_n(&l->text, p, n);
        return n;
    }
    if (l->at) memmove(l->buf, l->buf + l->at, l->n -= l->at);
    l->at = 0;
    if (l->n + n > S3_BUFFER) {
        l->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(l->buf + l->n, p, n);
    l->n += n;
    return n;
}

static size_t on_send(char *p, size_t size, size_t n, void *arg)
{
    S3Line *l = arg;
    size_t k = fread(p, 1, size * n, l->file);
    return ferror(l->file) ? CURL_READFUNC_ABORT : k;
}

/* libcurl begins anew when a kept connection turns out to be closed. */
static int on_seek(void *arg, curl_off_t to, int from)
{
    S3Line *l = arg;
    return fseeko(l->file, to, from) ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static void set_method(S3Line *l, const S3Ask *ask)
{
    char range[64];

    if (str_eq(ask->method, "HEAD")) curl_easy_setopt(l->easy, CURLOPT_NOBODY, 1L);
    else if (str_eq(ask->method, "PUT")) {
        curl_easy_setopt(l->easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(l->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ask->size);
        curl_easy_setopt(l->easy, CURLOPT_READFUNCTION, on_send);
        curl_easy_setopt(l->easy, CURLOPT_READDATA, l);
        curl_easy_setopt(l->easy, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(l->easy, CURLOPT_SEEKDATA, l);
    } else if (!str_eq(ask->method, "GET"))
        curl_easy_setopt(l->easy, CURLOPT_CUSTOMREQUEST, ask->method);
    if (ask->n >= 0 && ask->stream)
        snprintf(range, sizeof range, "%lld-%lld", (long long)ask->from,
            (long long)(ask->from + ask->n - 1));
    else snprintf(range, sizeof range, "%lld-", (long long)ask->from);
    if (ask->stream && (ask->from || ask->n >= 0)) curl_easy_setopt(l->easy, CURLOPT_RANGE, range);
}

static void set_up(S3 *s, S3Line *l, const S3Ask *ask)
{
    Arena *a = l->text.a;
    const S3Place *p = &s->place;
    CURL *c = l->easy;
    const char *url = arena_printf(a, "%s%s%s%s%s%s", p->base, ask->key ? "/" : "",
        ask->key ? p->prefix : "", ask->key ? ask->key : "", ask->query ? "?" : "",
        ask->query ? ask->query : "");

    if (!ask->key && !strchr(strstr(url, "://") + 3, '/'))   /* an empty path is signed wrongly */
        url = arena_printf(a, "%s/%s%s", p->base, ask->query ? "?" : "",
            ask->query ? ask->query : "");
    l->whole = !ask->stream;
    l->length = -1;
    l->header = curl_slist_append(NULL, arena_printf(a, "x-amz-content-sha256: %s",
        ask->hash ? ask->hash : NOTHING));
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_AWS_SIGV4, s->sign);
    curl_easy_setopt(c, CURLOPT_USERNAME, p->key);
    curl_easy_setopt(c, CURLOPT_PASSWORD, p->secret);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, l->header);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 256L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SILENT_S);
    if (!ask->stream && !ask->path) curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SMALL_S);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, l);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, l->why);
    set_method(l, ask);
}

static void look_for_end(S3Line *l)
{
    int left;

    for (CURLMsg *m; (m = curl_multi_info_read(l->multi, &left)); ) {
        if (m->msg != CURLMSG_DONE) continue;
        l->done = true;
        l->code = m->data.result;
        see_status(l);
    }
}

void s3_line_run(S3Line *l)
{
    int running;

    while (!l->done && l->n == l->at) {
        if (l->paused) {
            l->paused = false;
            curl_easy_pause(l->easy, CURLPAUSE_CONT);
        }
        if (curl_multi_perform(l->multi, &running)) break;
        look_for_end(l);
        if (!l->done && l->n == l->at && !l->paused)
            curl_multi_poll(l->multi, NULL, 0, 1000, NULL);
    }
    if (!l->done && l->n == l->at) {
        l->done = true;
        l->code = CURLE_FAILED_INIT;
    }
}

MUST static bool start(Cx *cx, S3 *s, S3Line *l, const S3Ask *ask)
{
    if (ask->path && !(l->file = fopen(ask->path, "rbe")))
        return cx_fail(cx, E_SYS, "cannot open %s: %s", ask->path, strerror(errno));
    set_up(s, l, ask);
    curl_multi_add_handle(l->multi, l->easy);
    l->began = true;
    return true;
}

/* ---- until it is answered ---- */

bool s3_passing(const S3Line *l)
{
    if (!l->status || (fine(l) && l->code)) return l->code != CURLE_READ_ERROR
        && l->code != CURLE_ABORTED_BY_CALLBACK && l->code != CURLE_PEER_FAILED_VERIFICATION
        && l->code != CURLE_SSL_CACERT_BADFILE;
    return l->status >= 500 || l->status == 429 || l->status == 408;
}

void s3_pause(int i)
{
    uint32_t chance;
    int64_t ms = (int64_t)100 << 2 * i;

    sys_random(&chance, sizeof chance);
    ms += chance % ms;
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* Nobody there, or nobody who answers: others need not find that out once more. */
static bool nobody(const S3Line *l)
{
    return !l->status && (l->code == CURLE_COULDNT_CONNECT || l->code == CURLE_COULDNT_RESOLVE_HOST
        || l->code == CURLE_OPERATION_TIMEDOUT);
}

bool s3_failed(Cx *cx, S3 *s, const S3Line *l)
{
    bool passing = s3_passing(l);

    if (nobody(l)) s->away_until = sys_mono_us() + AWAY_MS * 1000;
    if (passing) (void)!cx_fail(cx, E_BUSY, "the files cannot be reached; try again in a moment");
    else (void)!cx_fail(cx, E_SYS, "the store of the files refuses the request");
    cx_detail(cx, "%s", s3_reason(cx->a, s, l));
    return false;
}

bool s3_exchange(Cx *cx, S3 *s, const S3Ask *ask, S3Line **out)
{
    S3Line *l = take_line(s);
    int64_t start_us = sys_mono_us();

    *out = NULL;
    if (s->away_until > start_us) {
        s3_line_give(s, l);
        (void)!cx_fail(cx, E_BUSY, "the files cannot be reached; try again in a moment");
        cx_detail(cx, "%s did not answer a moment ago", s->place.endpoint);
        return false;
    }
    for (int i = 0; ; i++) {
        clear_line(l);
        if (!start(cx, s, l, ask)) break;
        s3_line_run(l);
        if (!l->done || (!l->code && (fine(l) || l->status == 404))) {
            s->away_until = 0;
            *out = l;
            return true;
        }
        if (!s3_passing(l) || i + 1 == S3_TRIES
            || sys_mono_us() - start_us > (int64_t)SILENT_S * 1000000) break;
        s3_pause(i);
    }
    if (!cx->err) s3_failed(cx, s, l);
    s3_line_give(s, l);
    return false;
}
