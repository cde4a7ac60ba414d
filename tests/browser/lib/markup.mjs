// html-validate over the markup as the server sent it.
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

// The loader works its rules and the elements of HTML out for each text; they are the same for all.
class Once extends StaticConfigLoader {
    getConfigFor(...of) { return this.known ??= super.getConfigFor(...of); }
}

const validator = new HtmlValidate(new Once({
    extends: ['html-validate:standard'],
    rules: {
        'long-title': 'off',                 // titles hold names of records
        'no-trailing-whitespace': 'off', 'no-inline-style': 'error',
        'void-style': 'off', 'attribute-boolean-style': 'off',
        'attribute-empty-style': 'off', 'no-raw-characters': 'off',
        'tel-non-breaking': 'off',
    },
}));

/** Mistakes as lines. */
export async function mistakes(html) {
    const report = await validator.validateString(html);
    return report.results.flatMap((r) => r.messages.map((m) =>
        `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
}
