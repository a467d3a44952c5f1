#include "vm/chunk_loader.h"

#include <new>
#include <utility>
#include <variant>

#include "compiler/dump.h"
#include "compiler/verifier.h"
#include "heap/factory.h"

namespace arenite {

void ChunkLoader::refuse(compiler::CompileError& error) {
    answer.unfinished = error.unfinished;
    if (error.incomplete) return refuse(Failure::Kind::Incomplete, "unexpected end");
    if (error.interrupted) return refuse(Failure::Kind::Killed, std::move(error.message));
    if (error.out_of_memory) return out_of_memory();
    refuse(Failure::Kind::Syntax, std::move(error.message));
    if (!error.long_message.empty()) answer.text = builder.text(error.long_message);
}

FunctionUnit* ChunkLoader::compile(const ChunkRequest& request, std::string_view name) {
    const bool binary = request.bytes.starts_with(compiler::kDumpMark);
    if (binary && !request.binary_allowed) {
        refuse(Failure::Kind::Syntax, compiler::chunk_id(name) + ": bytecode is not allowed here");
        return nullptr;
    }
    auto result = binary ? compiler::undump(request.bytes, name, &scratch_, request.part, look_)
                         : compiler::compile(request.bytes, name, &scratch_, look_, limits_, request.part);
    if (auto* error = std::get_if<compiler::CompileError>(&result)) {
        refuse(*error);
        return nullptr;
    }
    return std::get<FunctionUnit*>(result);
}

void ChunkLoader::load(const ChunkRequest& request, Value name_value, std::string_view name) {
    FunctionUnit* const unit = compile(request, name);
    if (!unit) return;
    if (request.check_only) {
        answer.loaded = true;
        return;
    }
    if (const auto problem = compiler::verify(*unit, scratch_, look_)) {
        if (*problem == "interrupted" || problem->ends_with(": interrupted")) {
            return refuse(Failure::Kind::Killed, "compilation interrupted");
        }
        return refuse(Failure::Kind::Syntax, compiler::chunk_id(name) + ": invalid bytecode: " + *problem);
    }
    // Of a binary chunk the functions know their chunk's name themselves.
    const bool named = unit->source.data() == name.data() && unit->source.size() == name.size();
    make_function(*unit, named ? name_value : Value::nil(), request.environment);
}

void ChunkLoader::make_function(FunctionUnit& unit, Value name_value, Value environment) {
    switch (builder.make(unit, name_value, scratch_)) {
        case PrototypeBuilder::Answer::Made: break;
        case PrototypeBuilder::Answer::OutOfMemory: return out_of_memory();
        case PrototypeBuilder::Answer::Stopped: return refuse(Failure::Kind::Killed, "compilation interrupted");
    }
    const auto c = ObjectFactory::make_closure(heap_, builder.root(), environment);
    if (!c) return out_of_memory();
    const Prototype& p = *heap_.get(builder.root());
    for (std::uint32_t i = 0; i < c->upvalue_count(); ++i) {  // a loaded inner function: fresh cells (lua_load)
        if (p.upvalue(i).by_value) continue;
        const Handle<Cell> cell = ObjectFactory::make_cell(heap_, Value::nil());
        if (!cell) return out_of_memory();
        c->set_upvalue(i, Value::object(cell));
    }
    answer.loaded = true;
    answer.function = c->value();
}

void ChunkLoader::run(const ChunkRequest& request) noexcept {
    try {
        std::string_view name = request.name_value.is_string() ? heap_.string(request.name_value) : request.name;
        const std::size_t end = name.find('\0');
        const bool whole = end == std::string_view::npos;
        load(request, whole ? request.name_value : Value::nil(), name.substr(0, end));
    } catch (const std::exception&) {  // std::bad_alloc, of the scratch memory or the host's
        answer.loaded = false;
        answer.kind = Failure::Kind::Memory;
        answer.message.clear();
    }
    while (scratch_.release_some(ScratchMemory::kGivenBack) && !look_()) {
    }
}

}  // namespace arenite
