import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default defineConfig(
  // The fixtures are pages as other people write them.
  globalIgnores(["**/dist/", "**/test-results/", "sdk/src/generated/", "e2e/fixtures/"]),
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // `const { left, ...rest }` is how a property is left out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Numbers read well in a template; what could print as "[object Object]" stays forbidden.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  { files: ["app/**/*.ts", "app/**/*.tsx"], ...reactHooks.configs.flat["recommended-latest"] },
  {
    files: ["e2e/**/*.ts"],
    rules: {
      // Vitest reads in the pattern which other fixtures a fixture needs: here none.
      "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }],
    },
  },
);
