// Scopes, names, output, and how a whole program is put together (generator.h).
#include "tests/fuzz/programs/generator.h"

#include <algorithm>

namespace arenite::fuzz {

void Generator::line(const std::string& text) {
    text_.append(static_cast<std::size_t>(indent_) * 2, ' ');
    text_ += text;
    if (random_.chance(5) && text.find_last_of("{,(") != text.size() - 1) text_ += ';';
    text_ += '\n';
}

void Generator::open(const std::string& text) {
    text_.append(static_cast<std::size_t>(indent_) * 2, ' ');
    text_ += text + '\n';
    ++indent_;
}

void Generator::close(const std::string& text) {
    --indent_;
    line(text);
}

void Generator::middle(const std::string& text) {
    --indent_;
    open(text);
}

/// Few names, so that declarations hide each other.
std::string Generator::fresh_name() {
    static constexpr std::string_view kNames = "abcdefghijklmnopqrstuvwxyz";
    std::string name(1, kNames[static_cast<std::size_t>(random_.below(static_cast<int>(kNames.size())))]);
    if (random_.chance(30)) name += std::to_string(++names_ % 10);
    if (random_.chance(3)) name = "_" + name;
    return name;
}

Variable& Generator::declare(const std::string& name, Type type) {
    Variable variable;
    variable.name = name;
    variable.type = type;
    scopes_.back().variables.push_back(variable);
    return scopes_.back().variables.back();
}

std::vector<Variable*> Generator::visible() {
    std::vector<Variable*> result;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        for (auto variable = scope->variables.rbegin(); variable != scope->variables.rend(); ++variable) {
            const bool hidden = std::any_of(result.begin(), result.end(),
                                            [&](const Variable* seen) { return seen->name == variable->name; });
            if (!hidden) result.push_back(&*variable);
        }
    }
    return result;
}

std::string Generator::private_name() {
    std::string name = fresh_name();
    declare(name, Type::Function).constant = true;
    return name;
}

void Generator::hide(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) declare(std::string(name), Type::Function).constant = true;
}

Variable* Generator::find(Type type, bool assignable) {
    std::vector<Variable*> fitting;
    for (Variable* variable : visible()) {
        if (variable->type == type && !(assignable && variable->constant)) fitting.push_back(variable);
    }
    return fitting.empty() ? nullptr : random_.element(fitting);
}

Variable* Generator::find_function(bool want_result, Type result) {
    std::vector<Variable*> fitting;
    for (Variable* variable : visible()) {
        if (variable->type != Type::Function || variable->constant) continue;
        const Signature& signature = variable->signature;
        if (signature.yields && !functions_.back().may_yield) continue;
        if (want_result && (signature.results.empty() || signature.results[0] != result)) continue;
        fitting.push_back(variable);
    }
    return fitting.empty() ? nullptr : random_.element(fitting);
}

Type Generator::plain_type() {
    static constexpr Type kTypes[] = {Type::Number, Type::Number, Type::String, Type::Boolean};
    return kTypes[random_.below(4)];
}

Type Generator::any_type() {
    static constexpr Type kTypes[] = {Type::Number, Type::Number, Type::Number, Type::String,
                                      Type::String, Type::Array,  Type::Record, Type::Boolean};
    return kTypes[random_.below(8)];
}

std::string Generator::gap() {
    const int roll = random_.below(120);
    if (roll == 0) return " --[[ note ]] ";
    if (roll == 1) return " -- note\n";
    if (roll <= 4) return "\n";
    return " ";
}

void Generator::print_state() {
    std::string list;
    int count = 0;
    for (const Variable* variable : visible()) {
        if (++count > 40) break;  // P takes arguments on the stack of one function
        list += (list.empty() ? "" : ", ") + variable->name;
    }
    line("P(" + list + ")");
}

std::string Generator::program(int statements) {
    text_.clear();
    scopes_.assign(1, {});
    functions_.assign(1, {});
    functions_.back().vararg = true;
    budget_ = statements * 4;
    if (random_.chance(20)) text_ += random_.pick({"-- a comment\n", "--[[ one\ntwo ]]\n", "--[==[ ]] ]==]", "\n"});
    // Globals come first and always hold their type.
    for (int i = random_.below(4); i > 0; --i) {
        const Type type = any_type();
        const std::string name = random_.pick({"G", "H", "total", "name", "list"}) + std::to_string(i);
        line(name + " = " + expression(type, 2));
        declare(name, type);
    }
    // One theme, drawn per program, comes up more often.
    weights_.assign(1, random_.below(18));
    for (int i = 0; i < statements; ++i) {
        statement(0);
        if (random_.chance(15)) print_state();
    }
    print_state();
    if (random_.chance(30)) line("return " + any(2) + ", " + any(2));
    return text_;
}

Program generate_program(std::uint64_t seed, const GeneratorOptions& options) {
    Random random(seed);
    Program program;
    program.seed = seed;
    Generator generator(random.next(), options);
    const int roll = random.below(100);
    if (roll < 20) {
        program.mode = Mode::Compile;
        program.text = generator.broken_program();
        return program;
    }
    program.mode = roll < 22 ? Mode::Standalone : roll < 30 ? Mode::Trace : Mode::Run;
    program.text = generator.program(random.between(4, 16));
    return program;
}

}  // namespace arenite::fuzz
