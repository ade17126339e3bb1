"""What is asked of a C or C++ tree, by fact. Every pattern costs a Python object per match, so each asks for what a fact needs;
what patterns share is written once, because the time to compile a set grows with its nodes."""

_COMMON = {
    "facts.function": "(function_definition declarator: (_) @declarator body: (_) @body) @function",
    "facts.loop": "[(for_statement) (while_statement) (do_statement)] @loop",
    "facts.branch": """
        [(if_statement) (case_statement value: (_)) (conditional_expression)] @branch
        (binary_expression operator: ["&&" "||"]) @branch
        """,
    "facts.call": """
        (call_expression function: (identifier) @name arguments: (argument_list) @arguments)
        (call_expression function: (field_expression argument: (_) @receiver field: (field_identifier) @name)
          arguments: (argument_list) @arguments)
        """,
    "facts.variable": """
        (declaration declarator: [
          (identifier) @name
          (pointer_declarator declarator: [
            (identifier) @name
            (pointer_declarator declarator: (identifier) @name)
            (array_declarator declarator: (identifier) @name)])
          (array_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])
          (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))
          (init_declarator declarator: [
            (identifier) @name
            (pointer_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])
            (array_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])
            (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))])
        ]) @declaration
        """,
    "facts.prototype": """
        (declaration declarator: [
          (function_declarator declarator: (identifier) @name)
          (pointer_declarator declarator: [
            (function_declarator declarator: (identifier) @name)
            (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))])
        ])
        """,
    "facts.type": """
        (struct_specifier name: (type_identifier) @struct body: (_))
        (union_specifier name: (type_identifier) @union body: (_))
        (enum_specifier name: (type_identifier) @enum body: (_))
        (type_definition declarator: (_) @typedef)
        """,
    "facts.linkage": "(linkage_specification value: (string_literal) @language body: (_) @body)",
    "facts.error": "(ERROR) @error (MISSING) @error",
}

C_QUERIES = dict(_COMMON)

CPP_QUERIES = _COMMON | {
    "facts.loop": "[(for_statement) (while_statement) (do_statement) (for_range_loop)] @loop",
    "facts.branch": """
        [(if_statement) (case_statement value: (_)) (conditional_expression) (catch_clause)] @branch
        (binary_expression operator: ["&&" "||" "and" "or"]) @branch
        """,
    "facts.call": _COMMON["facts.call"]
    + """
        (call_expression function: [(qualified_identifier) (template_function)] @qualified arguments: (argument_list) @arguments)
        (call_expression function: (field_expression argument: (_) @receiver
          field: [(template_method) (dependent_name) (qualified_identifier)] @qualified) arguments: (argument_list) @arguments)
        (new_expression type: (_) @new arguments: (argument_list)? @arguments)
        """,
    "facts.variable": _COMMON["facts.variable"]
    + """
        (declaration declarator: [
          (reference_declarator (identifier) @name)
          (qualified_identifier) @name
          (init_declarator declarator: [(reference_declarator (identifier) @name) (qualified_identifier) @name])
        ]) @declaration
        (field_declaration (storage_class_specifier) declarator: (field_identifier) @name) @declaration
        """,
    "facts.prototype": _COMMON["facts.prototype"]
    + """
        (declaration declarator: [
          (reference_declarator (function_declarator declarator: (identifier) @name))
          (function_declarator declarator: (destructor_name) @name)
        ])
        (field_declaration declarator: [
          (function_declarator declarator: (_) @name)
          (pointer_declarator declarator: (function_declarator declarator: (_) @name))
          (reference_declarator (function_declarator declarator: (_) @name))
        ])
        (function_definition declarator: (_ declarator: (_) @name) [(default_method_clause) (delete_method_clause)])
        """,
    "facts.type": """
        (struct_specifier name: (_) @struct (base_class_clause)? @bases body: (_) @body)
        (class_specifier name: (_) @class (base_class_clause)? @bases body: (_) @body)
        (union_specifier name: (_) @union body: (_) @body)
        (enum_specifier name: (_) @enum body: (_))
        (type_definition declarator: (_) @typedef)
        (alias_declaration name: (type_identifier) @alias)
        """,
    "facts.namespace": """
        (namespace_definition name: (_)? @name body: (declaration_list) @body)
        """,
    "facts.template": "(template_declaration) @template",
}
