#include "cli/line_editor.h"

#include <dlfcn.h>
#include <histedit.h>
#include <langinfo.h>
// NOLINTNEXTLINE(modernize-deprecated-headers): newlocale is of POSIX
#include <locale.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "cli/interrupt.h"

namespace arenite::cli {
namespace {

constexpr int kHistoryLines = 1000;

/// The functions of libedit, which is loaded only where a line is edited: it and what it needs take a sixth of the memory
/// of a process that runs a small script.
class EditLibrary {
public:
    /// Loaded at the first call, and then for as long as the process lives.
    [[nodiscard]] static const EditLibrary& loaded() {
        static const EditLibrary library;
        return library;
    }
    EditLibrary(const EditLibrary&) = delete;
    EditLibrary& operator=(const EditLibrary&) = delete;

    [[nodiscard]] bool complete() const { return complete_; }

    decltype(&::history_init) history_init = nullptr;
    decltype(&::history_end) history_end = nullptr;
    decltype(&::history) history = nullptr;
    decltype(&::el_init) init = nullptr;
    decltype(&::el_end) end = nullptr;
    decltype(&::el_source) source = nullptr;
    decltype(&::el_set) set = nullptr;
    decltype(&::el_get) get = nullptr;
    decltype(&::el_resize) resize = nullptr;
    decltype(&::el_gets) gets = nullptr;

private:
    EditLibrary() {
        for (const char* name : {"libedit.so.2", "libedit.so.0", "libedit.so"}) {  // Debian's, everyone else's
            library_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
            if (library_ == nullptr) continue;
            complete_ = find(history_init, "history_init") && find(history_end, "history_end") &&
                        find(history, "history") && find(init, "el_init") && find(end, "el_end") &&
                        find(source, "el_source") && find(set, "el_set") && find(get, "el_get") &&
                        find(resize, "el_resize") && find(gets, "el_gets");
            return;
        }
    }
    template <class F>
    bool find(F& function, const char* name) {
        function = reinterpret_cast<F>(dlsym(library_, name));
        return function != nullptr;
    }

    void* library_ = nullptr;
    bool complete_ = false;
};

/// While it exists, this thread has the user's character set. The engine relies on the locale of C everywhere else.
class CharacterSet {
public:
    CharacterSet() {
        locale_ = newlocale(LC_CTYPE_MASK, "", nullptr);
        // Where nobody has said anything, bytes are most likely UTF-8.
        if (locale_ == nullptr || std::strcmp(nl_langinfo_l(CODESET, locale_), "ANSI_X3.4-1968") == 0) {
            if (const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
                if (locale_ != nullptr) freelocale(locale_);
                locale_ = utf8;
            }
        }
        if (locale_ != nullptr) previous_ = uselocale(locale_);
    }
    ~CharacterSet() {
        if (locale_ == nullptr) return;
        uselocale(previous_);
        freelocale(locale_);
    }
    CharacterSet(const CharacterSet&) = delete;
    CharacterSet& operator=(const CharacterSet&) = delete;

private:
    locale_t locale_ = nullptr;
    locale_t previous_ = nullptr;
};

/// While it exists, SIGINT waits until wait_for_input() lets it in.
class SignalGate {
public:
    SignalGate() {
        sigset_t interrupt;
        sigemptyset(&interrupt);
        sigaddset(&interrupt, SIGINT);
        sigprocmask(SIG_BLOCK, &interrupt, &outside_);
    }
    ~SignalGate() { sigprocmask(SIG_SETMASK, &outside_, nullptr); }
    SignalGate(const SignalGate&) = delete;
    SignalGate& operator=(const SignalGate&) = delete;

    /// False: SIGINT came instead.
    [[nodiscard]] bool wait_for_input() const {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        while (!InterruptGuard::interrupted()) {
            if (ppoll(&input, 1, nullptr, &outside_) > 0) return true;
        }
        return false;
    }

private:
    sigset_t outside_{};
};

class LineEditor final : public LineReader {
public:
    LineEditor() {
        if (!edit_.complete()) return;
        history_ = edit_.history_init();
        editor_ = edit_.init("arenite", stdin, stdout, stderr);
        if (!usable()) return;
        HistEvent event;
        edit_.history(history_, &event, H_SETSIZE, kHistoryLines);
        edit_.history(history_, &event, H_SETUNIQUE, 1);
        edit_.set(editor_, EL_CLIENTDATA, this);
        edit_.set(editor_, EL_PROMPT, &LineEditor::prompt);
        edit_.set(editor_, EL_GETCFN, &LineEditor::get_character);
        edit_.set(editor_, EL_HIST, edit_.history, history_);
        edit_.set(editor_, EL_EDITOR, "emacs");
        edit_.source(editor_, nullptr);  // ~/.editrc
    }
    ~LineEditor() override {
        const CharacterSet characters;
        if (editor_ != nullptr) edit_.end(editor_);
        if (history_ != nullptr) edit_.history_end(history_);
    }
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    [[nodiscard]] bool usable() const { return history_ != nullptr && editor_ != nullptr; }

    Line read(const std::string& prompt, std::string& line) override {
        const CharacterSet characters;
        const InterruptGuard guard(nullptr);
        const SignalGate gate;
        gate_ = &gate;
        prompt_ = prompt.c_str();
        (void)std::fflush(stdout);
        edit_.resize(editor_);                // the window may have changed while a script ran
        edit_.set(editor_, EL_PREP_TERM, 1);  // before the prompt invites anyone to type
        int count = 0;
        const char* text = edit_.gets(editor_, &count);
        if (InterruptGuard::interrupted()) {
            (void)std::fputs("\n", stdout);
            return Line::Dropped;
        }
        if (text == nullptr || count <= 0) return Line::End;
        line.assign(text, static_cast<std::size_t>(count));
        if (line.back() == '\n') line.pop_back();
        HistEvent event;
        if (!line.empty()) edit_.history(history_, &event, H_ENTER, line.c_str());
        return Line::Read;
    }

private:
    static LineEditor& self(EditLine* editor) {
        void* data = nullptr;
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): there is no editor unless it was loaded
        EditLibrary::loaded().get(editor, EL_CLIENTDATA, &data);
        return *static_cast<LineEditor*>(data);
    }

    static char* prompt(EditLine* editor) { return self(editor).prompt_.data(); }

    /// What libedit calls for each character (editline(3), EL_GETCFN): 1, 0 at the end, -1 after SIGINT or an error.
    static int get_character(EditLine* editor, wchar_t* character) {
        const SignalGate& gate = *self(editor).gate_;
        std::mbstate_t state{};
        for (;;) {
            char byte = 0;
            if (!gate.wait_for_input()) return -1;
            const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
            if (got <= 0) return static_cast<int>(got);
            const std::size_t size = std::mbrtowc(character, &byte, 1, &state);
            if (size <= 1) return 1;
            if (size == static_cast<std::size_t>(-1)) state = {};  // no character: as if it had not been typed
        }
    }

    const EditLibrary& edit_ = EditLibrary::loaded();
    History* history_ = nullptr;
    EditLine* editor_ = nullptr;
    const SignalGate* gate_ = nullptr;
    std::string prompt_;
};

}  // namespace

std::unique_ptr<LineReader> make_line_editor() {
    const char* terminal = std::getenv("TERM");
    if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0 || terminal == nullptr || *terminal == '\0') {
        return nullptr;
    }
    const CharacterSet characters;
    auto editor = std::make_unique<LineEditor>();
    if (!editor->usable()) return nullptr;
    return editor;
}

}  // namespace arenite::cli
