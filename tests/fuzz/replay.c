/*
 * replay — runs a fuzz target over the files of a folder, each whole, cut at every eighth and
 * with its bytes changed one at a time (in long files some of them): what every compiler can
 * do without libFuzzer.
 */
#include "base/sys.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void variations(char *data, size_t n)
{
    static const char other[] = "\0\"\\[{:-\n\t\xFF";
    for (size_t cut = 0; cut <= 8; cut++)
        LLVMFuzzerTestOneInput((uint8_t *)data, n * cut / 8);
    for (size_t i = 0, k = 0; i < n; i += n / 600 + 1, k++) {
        char was = data[i];
        data[i] = other[k % (sizeof other - 1)];
        LLVMFuzzerTestOneInput((uint8_t *)data, n);
        data[i] = was;
    }
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    const char **names;
    int n = 0;
    bool ok = argc == 2 && dir_list(&cx, argv[1], "", &names, &n) && n > 0;
    for (int i = 0; ok && i < n; i++) {
        char *data;
        size_t size;
        ok = file_read(&cx, path_join(a, argv[1], names[i]), 1 << 20, &data, &size);
        if (ok) variations(data, size);
    }
    if (!ok) fprintf(stderr, "replay: %s\n", cx.text ? cx.text : "an empty corpus");
    else printf("%d files\n", n);
    arena_free(a);
    return !ok;
}
