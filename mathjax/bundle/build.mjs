// 用法：npm ci && npm run build。同一 package-lock.json 得到逐字节相同的包。
import {cpSync, readdirSync} from 'node:fs';
import {build} from 'esbuild';

const FONT = '@mathjax/mathjax-newcm-font/mjs/chtml/dynamic';

const dynamicFonts = {
  name: 'dynamic-fonts',
  setup(build) {
    build.onResolve({filter: /^dynamic-fonts$/}, () => ({path: 'dynamic-fonts', namespace: 'virtual'}));
    build.onLoad({filter: /.*/, namespace: 'virtual'}, () => {
      const names = readdirSync(`node_modules/${FONT}`).filter(name => name.endsWith('.js')).sort();
      return {contents: names.map(name => `import '${FONT}/${name}';`).join('\n'), resolveDir: '.'};
    });
  },
};

await build({
  entryPoints: ['entry.js'],
  outfile: '../markdown_mathjax/mathjax.js',
  bundle: true,
  minify: true,
  charset: 'ascii',
  format: 'iife',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  legalComments: 'none',
  plugins: [dynamicFonts],
});

cpSync('node_modules/@mathjax/mathjax-newcm-font/chtml/woff2', '../markdown_mathjax/fonts', {recursive: true});
