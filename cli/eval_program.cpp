#include "cli/eval_program.h"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "cli/chunk_file.h"
#include "cli/interrupt.h"
#include "cli/report.h"

namespace arenite::cli {
namespace {

redis::EngineOptions engine_options(const EvalCommand& command) {
    redis::EngineOptions options;
    options.memory_limit = command.limits.memory.value_or(0);
    options.hash_seed = command.limits.hash_seed;
    options.step_limit = command.limits.budget.value_or(0);
    if (command.reply_limit) options.reply_limit = *command.reply_limit;
    options.client_resp = command.output == EvalCommand::Output::Resp3 ? 3 : 2;
    options.poll = &InterruptGuard::interrupted;
    // Redis writes these to its log, with these marks for the levels (Redis server.c, serverLogRaw).
    options.log = [](redis::LogLevel level, std::string_view text) {
        const auto index = static_cast<std::size_t>(level);
        const std::string line = std::string(1, index < 4 ? ".-*#"[index] : '#') + ' ' + std::string(text) + '\n';
        (void)std::fwrite(line.data(), 1, line.size(), stderr);
    };
    return options;
}

/// Says what stopped a script, in the words of the other forms of the command.
void explain_end(redis::RunEnd end, const EvalCommand& command, std::string_view program) {
    if (end == redis::RunEnd::Interrupted) {
        print_message(program, "interrupted!");
    } else if (end == redis::RunEnd::WorkLimit) {
        print_message(program, "budget of " + std::to_string(*command.limits.budget) + " units exceeded");
    }
}

}  // namespace

int run_eval(const EvalCommand& command, std::string_view program) {
    const std::unique_ptr<redis::Engine> engine = redis::Engine::create(engine_options(command));
    if (!engine) {
        print_message(program, "cannot create the engine: not enough memory");
        return kFailure;
    }
    FileBytes bytes(engine->vm());
    std::string error;
    if (!command.inline_script && !read_bytes(command.script == "-" ? nullptr : command.script.c_str(), bytes, error)) {
        print_message(program, error);
        return kMisuse;
    }
    const std::string_view script = command.inline_script ? std::string_view(command.script) : bytes.view();
    const std::vector<std::string_view> keys(command.keys.begin(), command.keys.end());
    const std::vector<std::string_view> arguments(command.arguments.begin(), command.arguments.end());
    const InterruptGuard guard(nullptr);
    const redis::Reply reply = engine->eval(script, keys, arguments);

    const redis::TextSink to_stdout = [](std::string_view piece) {
        (void)std::fwrite(piece.data(), 1, piece.size(), stdout);
    };
    if (command.output == EvalCommand::Output::Human) {
        redis::print_reply(reply, to_stdout);
    } else {
        redis::write_resp(reply, engine->options().client_resp, to_stdout);
    }
    explain_end(engine->last_run().end, command, program);
    return reply.is_error() ? kFailure : 0;
}

}  // namespace arenite::cli
