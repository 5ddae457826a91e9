/** What uPlot asks for when it is loaded. */
const asked = "new Intl.NumberFormat(domEnv ? nav.language : 'en-US')";

/**
 * Has uPlot make its format of numbers, which nobody uses here, for English: it takes the browser's language, and a browser whose language is
 * no tag of one (WebKitGTK under LANG=C says `C`) could not load it at all.
 * @returns {import('vite').Plugin}
 */
export function plainNumbers() {
  return {
    name: 'cassette-uplot-language',
    transform: {
      filter: { id: /uPlot\.esm\.js/ },
      handler(code) {
        if (!code.includes(asked)) this.error('uPlot asks for its format of numbers in another way now');
        return { code: code.replace(asked, "new Intl.NumberFormat('en-US')"), map: null };
      },
    },
  };
}
