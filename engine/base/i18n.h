/*
 * i18n — texts of the program in the reader's language.
 *
 * English is written where it is used and is the key; web/i18n/LANG.json holds
 * {"English": "translation"} for every other language. A missing translation falls back to
 * English. A translation whose printf conversions differ from its key's is refused at load,
 * so a catalogue can never break a format. Loaded once, before threads start.
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H
#include "base/mem.h"

/* Adds the catalogue of one language from JSON text. False with a reason: not JSON, or a
   format that does not fit its key. */
MUST bool i18n_load(const char *lang, const char *json, const char **why);
/* The text in that language; `english` itself if there is none. lang may be NULL. */
const char *i18n_text(const char *lang, const char *english) __attribute__((format_arg(2)));
/* n languages that have a catalogue, "en" first. */
int i18n_languages(const char *const **out);
#endif
