// The tree of one function's body. Nodes are bump-allocated and freed with the function (see Parser).
//
// Nodes carry the source lines at which PUC Lua, which has no tree, emits the instructions concerned: PUC stamps an
// instruction with the line of the last token it has consumed (`lastline`), so an operand that is fetched after the
// operator has been read gets the operator's line. codegen.h replays those moments.
#pragma once

#include <cstdint>

#include "compiler/atoms.h"

namespace arenite::compiler {

struct FuncState;
struct UpvalueUse;

/// A local variable.
struct Var {
    Atom* name;
    Var* shadowed;     ///< what the name meant before, while this one is visible
    Var* next;         ///< of the same declaration
    FuncState* func;   ///< where it is declared
    UpvalueUse* uses;  ///< upvalues of closed inner functions that are this variable
    std::uint8_t reg;
    bool captured = false;
    bool mutated = false;  ///< assigned after its declaration, anywhere
    /// Code has been made in which it is no cell (Parser::flush).
    bool was_plain = false;
    /// It lives in a cell that closures share; otherwise closures copy its value.
    [[nodiscard]] bool in_cell() const { return captured && mutated; }
};

enum class ExprKind : std::uint8_t {
    Nil,
    True,
    False,
    Number,
    String,
    Vararg,
    Function,  ///< index: child
    Table,     ///< items
    Local,     ///< var
    Upvalue,   ///< index
    Global,    ///< atom
    Index,     ///< a[b]
    Self,      ///< a:atom, always below a Call
    Call,      ///< a(b, ...)
    Binary,    ///< a op b
    Unary,     ///< op a
    Paren,     ///< (a)
};

enum class UnOp : std::uint8_t { Minus, Not, Len };
/// Order as OPR_* in lcode.h.
enum class BinOp : std::uint8_t { Add, Sub, Mul, Div, Mod, Pow, Concat, Ne, Eq, Lt, Le, Gt, Ge, And, Or };

struct WideExpr;

/// Trees of large texts are most of what their compilation holds, so nodes are small.
struct Expr {
    ExprKind kind;
    std::uint8_t op = 0;           ///< UnOp, BinOp, or kIsKey
    std::uint16_t comma_line = 0;  ///< in a list: line of the ',' after it, or after a key of the '=', minus `line`
    std::uint32_t line = 0;        ///< last_line when it had been read
    /// Binary: line of the operator. Index: line of the ']' or name. Call: line of the '(' (PUC's fixline).
    /// Table, Vararg: last_line before its first token.
    std::uint32_t aux_line = 0;
    std::uint32_t end = 0;  ///< source offset of the token after it
    Expr* next = nullptr;   ///< in a list
    union {
        double number;
        Atom* atom;
        Var* var;
        Expr* a;
        Expr* items;  ///< Table: values, each with its key in front if it has one
        std::uint32_t index;
    };

    Expr(ExprKind k, std::uint32_t at) : kind(k), line(at), a(nullptr) {}
    [[nodiscard]] const WideExpr& wide() const;
    /// In a table constructor: what comes next is its value.
    static constexpr std::uint8_t kIsKey = 0x80;
    [[nodiscard]] bool is_key() const { return (op & kIsKey) != 0; }
    [[nodiscard]] bool is_multi() const { return kind == ExprKind::Call || kind == ExprKind::Vararg; }
    [[nodiscard]] BinOp binop() const { return static_cast<BinOp>(op & ~kIsKey); }
    [[nodiscard]] UnOp unop() const { return static_cast<UnOp>(op & ~kIsKey); }
};

/// Index, Self, Call, Binary and Table.
struct WideExpr : Expr {
    union {
        Expr* b;
        Atom* name;             ///< Self
        std::uint32_t open_at;  ///< Table: source offset of the '{'
    };
    WideExpr(ExprKind k, std::uint32_t at) : Expr(k, at), b(nullptr) {}
};
static_assert(sizeof(Expr) == 32 && sizeof(WideExpr) == 40);

inline const WideExpr& Expr::wide() const {
    return static_cast<const WideExpr&>(*this);
}

struct Stmt;
struct Block {
    Stmt* first = nullptr;
    Stmt* last = nullptr;
    std::uint32_t last_line = 0;  ///< last_line after its last token
};

enum class StmtKind : std::uint8_t {
    Local,
    LocalFunction,
    Function,
    Assign,
    Call,
    Do,
    While,
    Repeat,
    If,
    NumericFor,
    GenericFor,
    Return,
    Break
};

struct Stmt {
    StmtKind kind;
    std::uint32_t line;  ///< of its first token, or what the kind needs
    Stmt* next = nullptr;
    Stmt(StmtKind k, std::uint32_t at) : kind(k), line(at) {}
};

/// A list of expressions: the last one, if it is a call or '...', gives all its values.
struct ExprList {
    Expr* first = nullptr;
    Expr* last = nullptr;
    std::uint32_t count = 0;
    void push(Expr* e) {
        (last != nullptr ? last->next : first) = e;
        last = e;
        ++count;
    }
};

struct LocalStmt : Stmt {
    Var* vars = nullptr;
    std::uint32_t count = 0;
    std::uint32_t last_line = 0;
    ExprList values;
    explicit LocalStmt(std::uint32_t at) : Stmt(StmtKind::Local, at) {}
};
struct LocalFunctionStmt : Stmt {
    Var* var;
    Expr* function;
    LocalFunctionStmt(std::uint32_t at, Var* v, Expr* f) : Stmt(StmtKind::LocalFunction, at), var(v), function(f) {}
};
/// `function a.b.c:m`: target is the variable to store to.
struct FunctionStmt : Stmt {
    Expr* target;
    Expr* function;
    FunctionStmt(std::uint32_t at, Expr* t, Expr* f) : Stmt(StmtKind::Function, at), target(t), function(f) {}
};
struct AssignStmt : Stmt {
    ExprList targets;
    ExprList values;
    explicit AssignStmt(std::uint32_t at) : Stmt(StmtKind::Assign, at) {}
};
struct CallStmt : Stmt {
    Expr* call;
    CallStmt(std::uint32_t at, Expr* c) : Stmt(StmtKind::Call, at), call(c) {}
};
struct DoStmt : Stmt {
    Block body;
    explicit DoStmt(std::uint32_t at) : Stmt(StmtKind::Do, at) {}
};
/// While and Repeat.
struct LoopStmt : Stmt {
    Expr* condition = nullptr;
    Block body;
    LoopStmt(StmtKind k, std::uint32_t at) : Stmt(k, at) {}
};
struct IfClause {
    Expr* condition;  ///< null: else
    Block body;
    IfClause* next;
};
struct IfStmt : Stmt {
    IfClause* clauses = nullptr;
    explicit IfStmt(std::uint32_t at) : Stmt(StmtKind::If, at) {}
};
/// `for v = a, b, c do` and `for v, w in ... do`.
struct ForStmt : Stmt {
    Var* hidden = nullptr;  ///< the three control variables
    Var* vars = nullptr;
    std::uint32_t count = 0;
    std::uint32_t do_line = 0;
    std::uint32_t loop_line = 0;  ///< of the instruction that closes the loop
    ExprList values;
    Block body;
    ForStmt(StmtKind k, std::uint32_t at) : Stmt(k, at) {}
};
struct ReturnStmt : Stmt {
    std::uint32_t last_line = 0;
    ExprList values;
    explicit ReturnStmt(std::uint32_t at) : Stmt(StmtKind::Return, at) {}
};

}  // namespace arenite::compiler
