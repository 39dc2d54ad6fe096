#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "CProcess.h"

// Work that is going on, on the stack of the thread that asked for it.
struct job {
  void (*body)(void *);
  void *context;
  // Threads that may still join, and those that are at it.
  int wanted, running;
  struct job *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER, done = PTHREAD_COND_INITIALIZER;
static struct job *jobs;
// Threads that there are, and those of them that are at work.
static atomic_int threads;
static int busy;

enum { most_threads = 1024 };

static struct job *waiting_job(void) {
  struct job *job = jobs;
  while (job != NULL && job->wanted == 0) job = job->next;
  return job;
}

static void *serve(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  for (;;) {
    struct job *job = waiting_job();
    if (job == NULL) {
      pthread_cond_wait(&work, &lock);
      continue;
    }
    job->wanted--;
    job->running++;
    busy++;
    pthread_mutex_unlock(&lock);
    job->body(job->context);
    pthread_mutex_lock(&lock);
    busy--;
    // The job is its owner's again, and perhaps gone, once nobody runs it.
    if (--job->running == 0) pthread_cond_broadcast(&done);
  }
  return NULL;
}

// Starts a thread; false where there can be no more, for lack of memory or by a limit.
static bool start_thread(void) {
  // Its stack, and what it and the others still need: who finds no memory at all can hardly say so.
  enum { room = 32 << 20 };
  if (threads == most_threads || !cp_can_map(room)) return false;
  // Signals for the process go to the thread that waits for input; those that an instruction
  // raises, as SIGBUS, must reach the thread that ran it.
  sigset_t blocked, before;
  sigfillset(&blocked);
  const int own[] = {SIGBUS, SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&blocked, own[i]);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  pthread_t thread;
  bool started = pthread_create(&thread, NULL, serve, NULL) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (started) {
    pthread_detach(thread);
    threads++;
  }
  return started;
}

void cp_run(int others, void (*body)(void *), void *context) {
  struct job job = {.body = body, .context = context, .wanted = others};
  pthread_mutex_lock(&lock);
  while (threads - busy < others && start_thread()) {}
  job.next = jobs;
  jobs = &job;
  for (int other = 0; other < others; other++) pthread_cond_signal(&work);
  pthread_mutex_unlock(&lock);

  body(context);

  pthread_mutex_lock(&lock);
  // Whoever has not come yet is no longer needed.
  struct job **link = &jobs;
  while (*link != &job) link = &(*link)->next;
  *link = job.next;
  while (job.running > 0) pthread_cond_wait(&done, &lock);
  pthread_mutex_unlock(&lock);
}

int cp_threads(void) { return threads + 1; }
