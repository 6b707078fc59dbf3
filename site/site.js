// What pages gain from JavaScript: copy buttons, sortable tables, an open menu on wide screens.
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

  document.querySelectorAll('table.sortable').forEach(function (table) {
    var body = table.tBodies[0];
    function key(row, column) {
      var cell = row.cells[column];
      var value = cell.getAttribute('data-value');
      return value === null ? cell.textContent : Number(value);
    }
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var made = button(head.textContent, function () {
        var ascends = head.getAttribute('aria-sort') !== 'ascending';
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', ascends ? 'ascending' : 'descending');
        Array.from(body.rows).map(function (row, index) {
          return { row: row, key: key(row, column), index: index };
        }).sort(function (a, b) {
          var order = typeof a.key === 'number' && typeof b.key === 'number'
            ? a.key - b.key
            : String(a.key).localeCompare(String(b.key), 'en');
          return (ascends ? order : -order) || a.index - b.index;
        }).forEach(function (item) { body.append(item.row); });
      });
      head.textContent = '';
      head.append(made);
    });
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
