#include "CMeCab.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// What is used of mecab.h 0.996, the beginnings of its structures.
struct node {
  struct node *prev, *next, *enext, *bnext;
  void *rpath, *lpath;
  const char *surface, *feature;
  unsigned int id;
  unsigned short length, rlength, right, left, posid;
  unsigned char char_type, stat;
};

struct dictionary {
  const char *filename, *charset;
};

enum { NORMAL = 0, UNKNOWN = 1 };

#define FUNCTIONS(X)                                                    \
  X(void *, mecab_model_new, (int, char **))                            \
  X(void, mecab_model_destroy, (void *))                                \
  X(void *, mecab_model_new_tagger, (void *))                           \
  X(void *, mecab_model_new_lattice, (void *))                          \
  X(const struct dictionary *, mecab_model_dictionary_info, (void *))   \
  X(void, mecab_destroy, (void *))                                      \
  X(void, mecab_lattice_destroy, (void *))                              \
  X(void, mecab_lattice_set_sentence2, (void *, const char *, size_t))  \
  X(int, mecab_parse_lattice, (void *, void *))                         \
  X(struct node *, mecab_lattice_get_bos_node, (void *))                \
  X(const char *, mecab_lattice_strerror, (void *))                     \
  X(const char *, mecab_strerror, (void *))

#define DECLARE(type, name, arguments) type(*name) arguments;
// Written by load alone, before anything reads it.
static struct {
  FUNCTIONS(DECLARE)
} library;

static bool is_loaded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool load(char *message) {
  if (is_loaded) return true;
  void *handle = dlopen("libmecab.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(message, CM_MESSAGE, "libmecab.so.2 is not there; install it (Debian: libmecab2)");
    return false;
  }
#define LOOK_UP(type, name, arguments)                                                             \
  library.name = (type(*) arguments)dlsym(handle, #name);                                          \
  if (!library.name) {                                                                             \
    snprintf(message, CM_MESSAGE, "libmecab.so.2 has no " #name "; should be of 0.996");           \
    return false;                                                                                  \
  }
  FUNCTIONS(LOOK_UP)
  return is_loaded = true;
}

static bool is_utf8(const struct dictionary *dictionary) {
  const char *const name = dictionary ? dictionary->charset : NULL;
  return name && (!strcasecmp(name, "utf-8") || !strcasecmp(name, "utf8"));
}

void *cm_open(const char *dictionary, char *message) {
  pthread_mutex_lock(&lock);
  bool const loaded = load(message);
  pthread_mutex_unlock(&lock);
  if (!loaded) return NULL;
  // Settings of the system's own are none of the model's.
  const char *arguments[] = {"embed", "-r", "/dev/null", "-d", dictionary};
  void *const model =
      library.mecab_model_new(sizeof arguments / sizeof *arguments, (char **)arguments);
  if (!model) {
    const char *const why = library.mecab_strerror(NULL);
    snprintf(message, CM_MESSAGE, "%s", why && *why ? why : "the dictionary cannot be read");
    return NULL;
  }
  const struct dictionary *const found = library.mecab_model_dictionary_info(model);
  if (is_utf8(found)) return model;
  snprintf(message, CM_MESSAGE, "the dictionary is in %s, should be in UTF-8",
           found && found->charset ? found->charset : "no known encoding");
  library.mecab_model_destroy(model);
  return NULL;
}

void cm_close(void *model) { library.mecab_model_destroy(model); }

int cm_words(void *model, const char *text, size_t count, cm_word *word, void *context,
             char *message) {
  void *const tagger = library.mecab_model_new_tagger(model);
  void *const lattice = library.mecab_model_new_lattice(model);
  int result = -1;
  if (!tagger || !lattice) {
    snprintf(message, CM_MESSAGE, "MeCab has no memory");
  } else {
    library.mecab_lattice_set_sentence2(lattice, text, count);
    if (library.mecab_parse_lattice(tagger, lattice)) {
      result = 0;
      const struct node *node = library.mecab_lattice_get_bos_node(lattice);
      for (; node; node = node->next) {
        if (node->stat != NORMAL && node->stat != UNKNOWN) continue;
        size_t const start = (size_t)(node->surface - text);
        if (node->surface >= text && start + node->length <= count) word(context, start, node->length);
      }
    } else {
      const char *const why = library.mecab_lattice_strerror(lattice);
      snprintf(message, CM_MESSAGE, "MeCab finds no words: %s", why ? why : "it does not say why");
    }
  }
  if (lattice) library.mecab_lattice_destroy(lattice);
  if (tagger) library.mecab_destroy(tagger);
  return result;
}
