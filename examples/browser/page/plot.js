// A small plot of the last minute of a value.
const KEPT = 120;

export class Plot {
  constructor(canvas, output, { colour, unit, digits = 0 }) {
    Object.assign(this, { canvas, output, colour, unit, digits, values: [] });
  }

  add(value) {
    this.values.push(value);
    if (this.values.length > KEPT) this.values.shift();
    this.output.textContent = value === null ? '' : `${value.toFixed(this.digits)} ${this.unit}`;
    this.draw();
  }

  draw() {
    const { canvas } = this;
    const scale = window.devicePixelRatio || 1;
    const width = (canvas.width = canvas.clientWidth * scale);
    const height = (canvas.height = canvas.clientHeight * scale);
    const context = canvas.getContext('2d');
    const most = Math.max(1e-9, ...this.values.filter((value) => value !== null)) * 1.15;
    const x = (at) => width - ((this.values.length - 1 - at) * width) / (KEPT - 1);
    const y = (value) => height - 2 - (value / most) * (height - 4);
    context.beginPath();
    let begun = false;
    this.values.forEach((value, at) => {
      if (value === null) return;
      if (begun) context.lineTo(x(at), y(value));
      else context.moveTo(x(at), y(value));
      begun = true;
    });
    context.strokeStyle = this.colour;
    context.lineWidth = 1.6 * scale;
    context.lineJoin = 'round';
    context.stroke();
    if (!begun) return;
    context.lineTo(width, height);
    context.lineTo(x(0), height);
    context.closePath();
    context.globalAlpha = 0.16;
    context.fillStyle = this.colour;
    context.fill();
  }
}
