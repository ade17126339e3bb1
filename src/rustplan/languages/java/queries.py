"""What is asked of a Java tree, by fact."""

JAVA_QUERIES = {
    "facts.class": """
        (class_declaration name: (identifier) @name) @class
        (interface_declaration name: (identifier) @name) @interface
        (enum_declaration name: (identifier) @name) @enum
        (record_declaration name: (identifier) @name) @record
        (annotation_type_declaration name: (identifier) @name) @annotation
        (object_creation_expression (class_body) @anonymous)
        (enum_constant body: (class_body) @anonymous)
        """,
    "facts.function": """
        (method_declaration name: (identifier) @name) @method
        (constructor_declaration name: (identifier) @name) @constructor
        (compact_constructor_declaration name: (identifier) @name) @constructor
        (annotation_type_element_declaration name: (identifier) @name) @method
        (static_initializer) @static
        (class_body (block) @instance)
        """,
    "facts.loop": "[(for_statement) (enhanced_for_statement) (while_statement) (do_statement)] @loop",
    "facts.branch": """
        [(if_statement) (ternary_expression) (catch_clause)] @branch
        (switch_label . (_)) @branch
        (binary_expression operator: ["&&" "||"]) @branch
        """,
    "facts.call": """
        (method_invocation !object name: (identifier) @name arguments: (argument_list) @arguments)
        (method_invocation object: (_) @receiver name: (identifier) @name arguments: (argument_list) @arguments)
        (object_creation_expression type: (_) @new arguments: (argument_list) @arguments)
        (explicit_constructor_invocation constructor: (_) @constructor arguments: (argument_list) @arguments)
        """,
    "facts.reference": '(method_reference "::" . (identifier) @name)',
    "facts.field": """
        (field_declaration (modifiers) @modifiers type: (_) @type declarator: (variable_declarator name: (identifier) @name))
        (constant_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @constant))
        """,
    "facts.import": "(import_declaration) @import",
    "facts.package": "(package_declaration [(scoped_identifier) (identifier)] @name)",
    "facts.error": "(ERROR) @error (MISSING) @error",
}
