/*
 * words — text to full-text tokens: folded words, and overlapping bigrams for Chinese.
 */
#ifndef DB_WORDS_H
#define DB_WORDS_H
#include "base/str.h"

/* Tokens separated by blanks, each once: "Tenon 榫卯系统" → "tenon 榫卯 卯系 系统". */
char *words_of(Arena *a, const char *text);
#endif
