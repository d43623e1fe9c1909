const jsdoc = require("eslint-plugin-jsdoc");
const globals = require("globals");

module.exports = [
    {
        files: ["addons/**/*.esm.js", "addons/**/*.test.js"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {
                ...globals.browser,
                odoo: "readonly",
                luxon: "readonly",
                owl: "readonly",
            },
        },
        plugins: {jsdoc},
        rules: {
            "array-callback-return": "error",
            curly: "error",
            "default-case-last": "error",
            "dot-notation": "error",
            eqeqeq: "error",
            "jsdoc/check-param-names": "warn",
            "jsdoc/check-tag-names": "warn",
            "no-alert": "error",
            "no-console": "error",
            "no-constant-condition": "error",
            "no-debugger": "error",
            "no-dupe-keys": "error",
            "no-duplicate-imports": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-loop-func": "error",
            "no-param-reassign": ["error", {props: false}],
            "no-redeclare": "error",
            "no-shadow": "error",
            "no-undef": "error",
            "no-unreachable": "error",
            "no-unused-vars": "error",
            "no-use-before-define": ["error", {functions: false, classes: true}],
            "no-useless-return": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "prefer-template": "error",
            radix: "error",
            yoda: "error",
        },
    },
    {
        // The rest of the client's JavaScript would run outside Odoo's module loader.
        files: ["addons/**/static/src/**/*.js"],
        ignores: ["**/*.esm.js", "**/*.test.js"],
        rules: {
            "no-restricted-syntax": [
                "error",
                {selector: "Program", message: "Name it *.esm.js"},
            ],
        },
    },
];
