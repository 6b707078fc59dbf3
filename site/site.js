// What pages gain from JavaScript: copy buttons, an open menu on wide screens.
(function () {
  'use strict';

  function button(text, act) {
    var made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', act);
    return made;
  }

  // Copying without the clipboard interface, which file:// and plain HTTP do not have.
  function copyBySelection(text) {
    var field = document.createElement('textarea');
    field.value = text;
    field.className = 'offscreen';
    document.body.append(field);
    field.select();
    var done = document.execCommand('copy');
    field.remove();
    return done ? Promise.resolve() : Promise.reject(new Error('copy'));
  }

  function copy(text) {
    return navigator.clipboard && window.isSecureContext
      ? navigator.clipboard.writeText(text).catch(function () { return copyBySelection(text); })
      : copyBySelection(text);
  }

  document.querySelectorAll('main pre').forEach(function (block) {
    var frame = document.createElement('div');
    frame.className = 'code';
    block.replaceWith(frame);
    var live = document.createElement('span');
    live.className = 'offscreen';
    live.setAttribute('role', 'status');
    var made = button('Copy', function () {
      copy(block.textContent).then(function () {
        made.textContent = 'Copied';
        live.textContent = 'Copied';
      }, function () {
        made.textContent = 'Press Ctrl+C';
        getSelection().selectAllChildren(block);
      }).then(function () {
        made.focus();
        setTimeout(function () { made.textContent = 'Copy'; live.textContent = ''; }, 2000);
      });
    });
    frame.append(block, made, live);
  });

  // The style shows a closed menu's content where there is room; so that everybody takes it for open, it is opened.
  [['details.menu', '(min-width: 64rem)'], ['details.contents', '(min-width: 84rem)']].forEach(function (pair) {
    var part = document.querySelector(pair[0]);
    var wide = matchMedia(pair[1]);
    var set = function () { if (part) part.open = wide.matches; };
    set();
    wide.addEventListener('change', set);
  });
})();
