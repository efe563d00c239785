"""“einsum 的梯度”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, sample, timing

ROWS = {
    "einsum": Row(
        (
            sample((), subscripts=""),
            sample((), (), subscripts=",->"),
            sample((3,), subscripts="i->i"),
            sample((3,), subscripts="i->"),
            sample((2, 3), subscripts="ij->ji"),
            sample((2, 3), subscripts="ij->j"),
            sample((3, 2), subscripts="ba"),
            sample((3, 3), subscripts="ii"),
            sample((3, 3), subscripts="ii->i"),
            sample((2, 3, 2), subscripts="iji->j"),
            sample((2, 2, 2), subscripts="iii->"),
            sample((3,), (3,), subscripts="i,i"),
            sample((2,), (3,), subscripts="i,j->ji"),
            sample((2, 3), (3, 4), subscripts="ij, jk"),
            sample((2, 3), (3, 4), subscripts="ij,jk->ki"),
            sample((2, 3), (3, 4), subscripts="ij,jk->"),
            sample((2, 3), (2, 4), subscripts="ij,ik->i"),
            sample((5, 2, 3), (5, 3, 4), subscripts="bij,bjk->bik"),
            sample((3, 3), (3, 2), subscripts="ii,ij->j"),
            sample((3, 3), (2, 4), subscripts="ii,jk->k"),
            sample((2, 1), (2, 3), subscripts="ij,ij->ij"),
            sample((1, 3), (2, 1), subscripts="ij,ij->"),
            sample((1, 1), (3,), subscripts="ii,i->i"),
            sample((2, 3), (3, 4), (4, 2), subscripts="ij,jk,ki->"),
            sample((2, 3), (1, 4), (3,), subscripts="ij,jk,j->ik"),
            sample((0, 3), (3, 2), subscripts="ij,jk->ik"),
            sample((2, 0), (0, 3), subscripts="ij,jk->ik"),
            sample((1,), (0,), subscripts="i,i->"),
            # 省略号：在头、在尾、在中间，各代表几个轴、一个也不代表，没有箭头，右对齐着广播
            sample((5, 2, 3), (3, 4), subscripts="...ij,jk->...ik"),
            sample((5, 1, 2, 3), (4, 3, 2), subscripts="...ij,...jk->...ik"),
            sample((2, 3, 4), (4,), subscripts="i...j,j->...i"),
            sample((2, 3, 3), subscripts="...ii->...i"),
            sample((2, 3), (3,), subscripts="..., ..."),
            sample((2, 3, 4), subscripts="b...a"),
            sample((1, 3), (5, 3), subscripts="...i,...i->..."),
            sample((3,), (3,), subscripts="...i,i->..."),
            sample((2, 0, 3), (3,), subscripts="...i,i->..."),
        ),
        torch=lambda torch, *xs, subscripts: torch.einsum(subscripts, *xs),
        linear=True,
        accuracy="两两相乘时同 matmul，一起加的时候同 sum",
        timing=timing(
            "mm", "mm", subscripts="ij,jk->ki", autograd=lambda np, x, y, subscripts: np.einsum(subscripts, x, y)
        ),
    ),
}
