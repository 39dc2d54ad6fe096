// Words of Japanese text by MeCab, whose library is opened when they are asked for.
#ifndef CMECAB_H
#define CMECAB_H

#include <stddef.h>

enum { CM_MESSAGE = 512 };  // bytes that there are for a message

// Opens the library, and a dictionary of UTF-8 in a folder.
// Returns what words are found with, or NULL and why in `message`.
void *cm_open(const char *dictionary, char *message);
void cm_close(void *model);

// Called with where a word begins in the text, and its bytes.
typedef void cm_word(void *context, size_t start, size_t count);

// Finds the words of a text; white space between them is none of theirs. Several threads may do so at the
// same time. Returns 0, or -1 and why in `message`.
int cm_words(void *model, const char *text, size_t count, cm_word *word, void *context,
             char *message);

#endif
