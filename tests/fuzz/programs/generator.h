// The program generator's state and grammar. The member functions are spread over files by theme:
//
//   generator.cpp       scopes, names, output, whole programs     expressions.cpp   expressions by type
//   literals.cpp        literals and patterns                     statements.cpp    statements
//   functions.cpp       functions, calls, varargs, closures       tables.cpp        tables and the table library
//   strings.cpp         the string library                        metatables.cpp    metamethods
//   coroutines.cpp      coroutines                                errors.cpp        errors, mistakes
//   environments.cpp    globals, load, setfenv                    order.cpp         order of evaluation
//   collector.cpp       weak tables, finalizers                   mutations.cpp     programs that do not compile
//
// Rules that keep programs comparable and finite:
//   GP1  Every loop has a bound that is a small literal or a counter; every function body starts with tick(), which
//       raises an error when the fuel of the program is used up.
//   GP2  Strings that depend on other strings go through cap(), so that they cannot grow without bound.
//   GP3  The length of a table with holes, the order of pairs over hash parts, and addresses are never printed.
//   GP4  A message handler that fails does not print: how often it is called again before "error in error handling" depends
//       on the depth of PUC's C stack, which the engine has no likeness of.
//       For the same reason metamethods and message handlers do not call themselves without end ("C stack overflow").
//   GP5  What a reader of load was asked is printed only if the chunk compiles: arenite reads all of it before it parses.
//   GP6  A yield is generated only where lua5.1 can yield: not inside pcall, metamethods, iterators or callbacks.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/programs/program_generator.h"
#include "tests/fuzz/programs/random.h"

namespace arenite::fuzz {

/// What a variable holds while nothing goes wrong on purpose.
enum class Type { Number, String, Boolean, Array, Record, Function };

/// Text of an expression and how tightly its outermost operator binds.
struct Expression {
    enum Level { Or, And, Comparison, Concat, Additive, Multiplicative, Unary, Power, Primary };
    std::string text;
    Level level = Primary;
};

struct Signature {
    std::vector<Type> parameters;
    std::vector<Type> results;
    bool vararg = false;
    bool yields = false;  ///< may only be called where yielding is possible
};

struct Variable {
    std::string name;
    Type type = Type::Number;
    bool constant = false;  ///< loop counters: not assigned to; functions: not called (only hides others)
    Signature signature;    ///< of a Function
};

class Generator {
public:
    explicit Generator(std::uint64_t seed, const GeneratorOptions& options = {}) : random_(seed), options_(options) {}

    /// A whole program of about `statements` statements.
    std::string program(int statements);
    /// A few valid lines with mistakes put in.
    std::string broken_program();

private:
    struct Scope {
        std::vector<Variable> variables;
    };
    /// What the function being written allows.
    struct FunctionState {
        bool vararg = false;
        bool may_yield = false;
        int loops = 0;
        Signature signature;
    };

    /// While it lives, expressions are written for a function without varargs whose text is put together by hand.
    class PlainFunction {
    public:
        explicit PlainFunction(Generator& generator) : generator_(generator) { generator.functions_.emplace_back(); }
        ~PlainFunction() { generator_.functions_.pop_back(); }
        PlainFunction(const PlainFunction&) = delete;
        PlainFunction& operator=(const PlainFunction&) = delete;

    private:
        Generator& generator_;
    };

    // generator.cpp
    void line(const std::string& text);
    void open(const std::string& text);
    void close(const std::string& text = "end");
    void middle(const std::string& text);  ///< else, elseif
    std::string fresh_name();
    /// A name that is declared, so that what it hides is not used, but is not used itself.
    std::string private_name();
    Variable& declare(const std::string& name, Type type);
    /// A visible variable of the type, not hidden by a later one of the same name; null if there is none.
    /// The same for names that a theme declares itself.
    void hide(std::initializer_list<std::string_view> names);
    Variable* find(Type type, bool assignable = false);
    Variable* find_function(bool want_result, Type result);
    std::vector<Variable*> visible();
    void print_state();
    Type any_type();
    Type plain_type();
    std::string gap();  ///< a blank, rarely a line break or a comment

    // expressions.cpp
    std::string expression(Type type, int depth);
    Expression tree(Type type, int depth);
    std::string operand(Type type, int depth, Expression::Level least);
    /// An expression that can be indexed or called without parentheses around it.
    std::string prefix(Type type, int depth);
    std::string any(int depth);
    std::string arguments(const std::vector<Type>& types, int depth);
    Expression number(int depth);
    Expression string(int depth);
    Expression boolean(int depth);
    Expression array(int depth);
    Expression record(int depth);
    Expression conditional(Type type, int depth);

    // literals.cpp
    std::string number_literal();
    std::string string_literal();
    std::string small_integer();
    std::string word();
    std::string pattern();
    std::string pattern_item(int& captures);
    std::string subject();
    std::string quote(std::string_view bytes);
    std::string format_call(int depth);

    // statements.cpp
    void block(int statements, int depth, bool more_follows = false);
    void statement(int depth);
    void local_statement(int depth);
    void assignment(int depth);
    void if_statement(int depth);
    void while_statement(int depth);
    void repeat_statement(int depth);
    void numeric_for(int depth);
    void generic_for(int depth);
    void do_statement(int depth);
    void print_statement(int depth);
    void call_statement(int depth);
    void return_or_break(bool more_follows);

    // functions.cpp
    void function_statement(int depth);
    void function_body(const std::string& head, const Signature& signature, int depth, bool method = false);
    std::string function_expression(const Signature& signature, int depth);
    Signature any_signature();
    std::string call(Variable& function, int depth);
    void closures(int depth);
    void varargs(int depth);
    void recursion(int depth);
    void objects(int depth);

    // tables.cpp
    std::string array_constructor(int depth);
    std::string record_constructor(int depth);
    void table_library(int depth);
    void sorting(int depth);
    void constructors(int depth);

    // the other themes
    void string_library(int depth);
    void number_conversions(int depth);
    void metatables(int depth);
    void inheritance(int depth);
    void index_chains(int depth);
    void comparisons(int depth);
    void coroutines(int depth);
    void coroutine_errors(int depth);
    void coroutine_body(int depth, int parameters);
    void mistakes(int depth);
    void error_values(int depth);
    void protected_calls(int depth);
    void environments(int depth);
    void loaded_code(int depth);
    void evaluation_order(int depth);
    void debug_information(int depth);
    void collector(int depth);

    Random random_;
    GeneratorOptions options_;
    std::string text_;
    int indent_ = 0;
    int names_ = 0;
    std::vector<Scope> scopes_;
    std::vector<FunctionState> functions_;
    std::vector<int> weights_;
    int budget_ = 0;  ///< statements left, so that nesting cannot multiply
};

}  // namespace arenite::fuzz
