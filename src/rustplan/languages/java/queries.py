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
        (method_invocation !object name: (identifier) @callee arguments: (argument_list) @arguments) @finding
        (method_invocation object: (_) @receiver name: (identifier) @callee arguments: (argument_list) @arguments) @finding
        (object_creation_expression type: (_) @new arguments: (argument_list) @arguments)
        (explicit_constructor_invocation constructor: (_) @constructor arguments: (argument_list) @arguments)
        """,
    "facts.reference": '(method_reference . (_) @receiver "::" . [(identifier) "new"] @name)',
    "facts.field": """
        (field_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @name)) @declaration
        (constant_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @constant)) @declaration
        """,
    "facts.variable": """
        (block (local_variable_declaration type: [(type_identifier) (scoped_type_identifier) (generic_type) (array_type)] @type
          declarator: (variable_declarator name: (identifier) @name)))
        (constructor_body (local_variable_declaration type: [(type_identifier) (scoped_type_identifier) (generic_type) (array_type)] @type
          declarator: (variable_declarator name: (identifier) @name)))
        (switch_block_statement_group (local_variable_declaration type: [(type_identifier) (scoped_type_identifier) (generic_type) (array_type)] @type
          declarator: (variable_declarator name: (identifier) @name)))
        (for_statement (local_variable_declaration type: [(type_identifier) (scoped_type_identifier) (generic_type) (array_type)] @type
          declarator: (variable_declarator name: (identifier) @name)))
        (enhanced_for_statement type: [(type_identifier) (scoped_type_identifier) (generic_type) (array_type)] @type name: (identifier) @name)
        (resource type: (_) @type name: (identifier) @name)
        (catch_formal_parameter (catch_type) @type name: (identifier) @name)
        (instanceof_expression right: (_) @type name: (identifier) @name)
        (record_pattern_component (type_identifier) @type (identifier) @name)
        (type_pattern (type_identifier) @type (identifier) @name)
        (lambda_expression parameters: (formal_parameters (formal_parameter type: (_) @type name: (identifier) @name)))
        """,
    "facts.cold": "[(throw_statement) (catch_clause) (assert_statement)] @cold",
    "facts.arm": "[(switch_block_statement_group) (switch_rule)] @arm",
    "facts.import": "(import_declaration) @import",
    "facts.package": "(package_declaration [(scoped_identifier) (identifier)] @name)",
    "facts.error": "(ERROR) @error (MISSING) @error",
}
