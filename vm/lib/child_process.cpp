#include "vm/lib/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <string_view>

namespace arenite::lib {
namespace {

/// Whether the child has ended, and is no child any more.
ChildProcess::Wait reap(pid_t pid) {
    pid_t ended = 0;
    do {
        ended = waitpid(pid, nullptr, WNOHANG);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) return ChildProcess::Wait::Running;
    return ended < 0 ? ChildProcess::Wait::Failed : ChildProcess::Wait::Ended;
}

/// Sleeps until it ends, or for some milliseconds.
void sleep_for_end(pid_t pid, int milliseconds) {
#if defined(SYS_pidfd_open)
    if (const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); descriptor >= 0) {
        pollfd end{descriptor, POLLIN, 0};
        (void)poll(&end, 1, milliseconds);
        (void)close(descriptor);
        return;
    }
#endif
    (void)poll(nullptr, 0, milliseconds);
}

void* wait_in_thread(void* pid) {
    while (waitpid(static_cast<pid_t>(reinterpret_cast<std::intptr_t>(pid)), nullptr, 0) < 0 && errno == EINTR) {
    }
    return nullptr;
}

}  // namespace

std::FILE* ChildProcess::start(const char* program, const char* mode, pid_t& pid) {
    // As in glibc, 'e' may stand beside; our end is never handed on anyway.
    bool reads = false;
    bool writes = false;
    for (const char c : std::string_view(mode)) {
        reads = reads || c == 'r';
        writes = writes || c == 'w';
        if (c != 'r' && c != 'w' && c != 'e') writes = reads = true;
    }
    if (reads == writes) {
        errno = EINVAL;
        return nullptr;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return nullptr;
    const int ours = ends[reads ? 0 : 1];
    const int theirs = ends[reads ? 1 : 0];
    std::FILE* stream = fdopen(ours, reads ? "r" : "w");
    int error = stream != nullptr ? 0 : errno;
    posix_spawn_file_actions_t actions;
    if (error == 0) error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, theirs, reads ? STDOUT_FILENO : STDIN_FILENO);
        char shell[] = "sh";
        char option[] = "-c";
        char* const arguments[] = {shell, option, const_cast<char*>(program), nullptr};
        if (error == 0) error = posix_spawn(&pid, "/bin/sh", &actions, nullptr, arguments, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)close(theirs);
    if (error == 0) return stream;
    (void)(stream != nullptr ? std::fclose(stream) : close(ours));
    errno = error;
    return nullptr;
}

ChildProcess::Wait ChildProcess::wait(pid_t pid, int milliseconds) {
    if (const Wait now = reap(pid); now != Wait::Running) return now;
    sleep_for_end(pid, milliseconds);
    return reap(pid);
}

void ChildProcess::abandon(pid_t pid) noexcept {
    if (reap(pid) != Wait::Running) return;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return;
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attributes, static_cast<std::size_t>(PTHREAD_STACK_MIN) + 64 * 1024);
    // The host's signal handlers are not for this thread.
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    // Where no thread can be made, it is left to the end of the process.
    (void)pthread_create(&thread, &attributes, wait_in_thread, reinterpret_cast<void*>(std::intptr_t{pid}));
    (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
    (void)pthread_attr_destroy(&attributes);
}

}  // namespace arenite::lib
